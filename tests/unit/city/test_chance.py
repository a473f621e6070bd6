"""Random numbers that do not depend on cores, and whole numbers that add up."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringfence.city.chance import fixed, ranks, shares_out, stream


@given(st.integers(0, 10_000), st.lists(st.floats(0.01, 100), min_size=1, max_size=40))
def test_shares_add_up_and_none_is_off_by_one(total, weights):
    weights = np.array(weights)
    shares = shares_out(total, weights)
    assert shares.sum() == total
    assert (np.abs(shares - weights / weights.sum() * total) < 1 + 1e-6).all()


@given(st.lists(st.integers(0, 3), max_size=60))
def test_ranks_count_along_a_run(groups):
    expected = []
    for i, group in enumerate(groups):
        expected.append(expected[-1] + 1 if i and groups[i - 1] == group else 0)
    assert ranks(np.array(groups, dtype=np.int64)).tolist() == expected


def test_a_fixed_number_depends_on_the_number_the_seed_and_the_purpose_only():
    numbers = np.arange(50_000)
    draws = fixed(numbers, 7, "habit")
    assert (fixed(numbers[::-1], 7, "habit")[::-1] == draws).all()
    assert (fixed(numbers[1234:1235], 7, "habit") == draws[1234]).all()
    assert draws.min() >= 0
    assert draws.max() < 1
    for other in (fixed(numbers, 8, "habit"), fixed(numbers, 7, "shift"), fixed(numbers, 7, "habit", 1)):
        assert abs(np.corrcoef(draws, other)[0, 1]) < 0.02


def test_fixed_numbers_are_even():
    counts = np.histogram(fixed(np.arange(100_000), 1, "even"), bins=20, range=(0, 1))[0]
    # 5,000 expected in each; five standard deviations are 345
    assert np.abs(counts - 5_000).max() < 345


@pytest.mark.parametrize("other", [(2, "a", 0), (1, "b", 0), (1, "a", 1)])
def test_streams_are_their_own(other):
    assert (stream(1, "a").random(8) == stream(1, "a").random(8)).all()
    assert (stream(1, "a").random(8) != stream(*other).random(8)).all()
