"""Who is tested again and again for what they do: when is the next due, and who is overdue?

31 March 2022 is a Thursday; the week runs from Monday the 28th until Sunday, 3 April.
"""

from dataclasses import replace

import ibis.expr.types as ir
import pytest

from ringfence.engine.cadences import cadences
from ringfence.engine.tasks import tasks
from ringfence.tables import fact_text
from ringfence.tables.decisions import DECISIONS
from tests.drawing import Names, assert_shows, decided, facts, instant
from tests.spec.screening import screening


def repeated(names: Names, at: str, **drawn: str) -> ir.Table:
    return cadences(facts(names, drawn), screening(), instant(at))


def swabbed(*days: str) -> str:
    lines = [f"T{n} | Ana | {day}" for n, day in enumerate(days)]
    return "\n".join(["tube | person | sampled_at", *lines])


# By their own forms: civil days end at midnight, hours count from the swab, and of two a week at least 48
# hours apart the first is due by Saturday 00:00 if the second is still to follow that week.
DUE = {
    "port, every day: swabbed yesterday": (
        "port", ["03-30 23:50"], "03-31 10:00", "03-30 23:50", "04-01 00:00", "due"),
    "port: swabbed today": ("port", ["03-31 00:10"], "03-31 10:00", "03-31 00:10", "04-02 00:00", "in_time"),
    "port: swabbed the day before yesterday": (
        "port", ["03-29 08:00"], "03-31 10:00", "03-29 08:00", "03-31 00:00", "overdue"),
    "driver, every 72 hours: until the very hour": (
        "truck_driver", ["03-28 10:00"], "03-31 10:00", "03-28 10:00", "03-31 10:00", "due"),
    "driver: a minute later": (
        "truck_driver", ["03-28 10:00"], "03-31 10:01", "03-28 10:00", "03-31 10:00", "overdue"),
    "driver: tomorrow": (
        "truck_driver", ["03-20 10:00", "03-29 08:00"], "03-31 10:00", "03-29 08:00",
        "04-01 08:00", "in_time"),
    "courier, none this week": (
        "courier", ["03-26 10:00"], "03-31 10:00", "03-26 10:00", "04-02 00:00", "in_time"),
    "courier, none by Friday": (
        "courier", ["03-26 10:00"], "04-01 10:00", "03-26 10:00", "04-02 00:00", "due"),
    "courier, none by Saturday": (
        "courier", ["03-26 10:00"], "04-02 10:00", "03-26 10:00", "04-02 00:00", "overdue"),
    "courier, one this week": (
        "courier", ["03-28 00:00"], "03-31 10:00", "03-28 00:00", "04-04 00:00", "in_time"),
    "courier, one by Sunday": (
        "courier", ["04-02 10:00"], "04-03 10:00", "04-02 10:00", "04-04 00:00", "due"),
    "courier, two too close are one": (
        "courier", ["03-28 10:00", "03-30 09:59"], "04-03 10:00", "03-30 09:59", "04-04 00:00", "due"),
    "courier, the third makes up for it": (
        "courier", ["03-28 10:00", "03-30 09:59", "03-30 10:00"], "04-03 10:00", "03-30 10:00",
        "04-09 00:00", "in_time"),
    "courier, two this week": (
        "courier", ["03-28 10:00", "03-31 09:00"], "03-31 10:00", "03-31 09:00", "04-09 00:00", "in_time"),
}  # fmt: skip


@pytest.mark.parametrize("due", DUE)
def test_when_the_next_is_due(due: str, names: Names) -> None:
    occupation, swabs, at, last_at, due_at, state = DUE[due]
    found = repeated(names, at, person=f"person | occupation\nAna | {occupation}", sample=swabbed(*swabs))
    assert_shows(found, names, f"""
        person | last_at   | due_at   | state
        Ana    | {last_at} | {due_at} | {state}
    """)  # fmt: skip


WORK = {
    "person": """
        person | occupation
        Ana    | office
        Bo     | courier
        Cy     | courier
        Dee    | port
        Eve    | retired
        Fay    |
    """,
    "place": """
        place | name_zh | kind            | area
        1     | 隔离点  | quarantine_site | 320211001006
        2     | 公司    | office          | 320211001006
    """,
    "membership": """
        person | place | kind
        Ana    | 1     | work
        Ana    | 2     | work
        Bo     | 2     | work
        Cy     | 2     | group
        Gil    | 1     | work
    """,
    "residence": "person | kind | area\nDee | living | 320211001006-01\nFay | living | 320211001007",
    "zone": "area | level | begin | authority\n320211001007 | controlled | 03-30 08:00 | 指挥部",
}


def test_the_first_row_that_matches_anywhere_they_work_decides(names: Names) -> None:
    # The office of Ana's second post has no cadence and the quarantine site of her first has; Bo's office
    # comes before his deliveries. Cy is only a friend of the office's. Fay's zone is all that is known of
    # her; of Gil nothing is but where he works. Eve has no cadence.
    found = repeated(names, "03-31 10:00", **WORK)
    assert_shows(found, names, """
        person | rule          | single | area
        Ana    | cadence-daily | yes    |
        Cy     | cadence-week  | no     |
        Dee    | cadence-daily | yes    | 320211001006-01
        Fay    | cadence-week  | no     | 320211001007
        Gil    | cadence-daily | yes    |
    """)  # fmt: skip
    # Told in this order: 1 people, 2 places, 3 ties, 4 homes, 5 zones. What was not asked of is no ground.
    rests = {names.name(row["person"]): row["evidence"] for row in found.to_pyarrow().to_pylist()}
    assert {who: [fact_text(fact) for fact in facts] for who, facts in rests.items()} == {
        "Ana": ["1.0", "3.0"], "Cy": ["1.2"], "Dee": ["1.3"], "Fay": ["5.0"], "Gil": ["3.4"],
    }  # fmt: skip


def test_who_was_never_swabbed_was_due_on_the_day_they_became_known(names: Names) -> None:
    # Everything drawn was recorded on 1 January; of so many a week the week asks.
    found = repeated(names, "03-31 10:00", person="""
        person | occupation
        Ana    | port
        Bo     | truck_driver
        Cy     | courier
    """)  # fmt: skip
    assert_shows(found, names, """
        person | last_at | due_at      | state   | values.known_day
        Ana    |         | 01-02 00:00 | overdue | 2022-01-01
        Bo     |         | 01-02 00:00 | overdue | 2022-01-01
        Cy     |         | 04-02 00:00 | in_time | 2022-01-01
    """)  # fmt: skip


def test_only_nucleic_acid_swabs_count(names: Names) -> None:
    found = repeated(
        names, "03-31 10:00", person="person | occupation\nAna | port",
        sample=swabbed("03-29 08:00", "03-30 08:00", "03-31 08:00"),
        result="""
            tube | test    | result   | reported_at
            T0   | nat     | negative | 03-29 20:00
            T0   | antigen | negative | 03-29 20:00
            T2   | antigen | negative | 03-31 08:15
        """,
    )  # fmt: skip
    # Nothing is back yet of the swab of the 30th: it was one all the same.
    assert_shows(found, names, "last_at | due_at | state\n03-30 08:00 | 04-01 00:00 | due")


def test_overdue_is_a_task(names: Names) -> None:
    found = repeated(
        names, "03-31 10:00", person="person | occupation\nAna | port\nBo | truck_driver",
        sample="tube | person | sampled_at\nT0 | Ana | 03-29 08:00\nT1 | Bo | 03-30 08:00",
    )  # fmt: skip
    known = facts(names, {"unit": "unit | duty | area | name_zh\nU1 | sampling | 3202 | 采样队"})
    done = {kind: decided(kind, names, table.columns[0].name) for kind, table in DECISIONS.items()}
    owed = tasks({**done, "cadences": found}, known, screening(), instant("03-31 10:00"))
    assert_shows(owed, names, """
        task                         | duty     | since       | due_at      | done_at | state | rule
        test_group/Ana/cadence-daily | sampling | 03-31 00:00 | 03-31 00:00 |         | late  | cadence-daily
    """)  # fmt: skip


def test_an_edition_without_cadences_repeats_nothing(names: Names) -> None:
    rules = screening()
    known = facts(names, {"person": "person | occupation\nAna | port"})
    for rows in ((), rules.cadences[-1:]):
        found = cadences(known, replace(rules, cadences=rows), instant("03-31 10:00"))
        assert_shows(found, names, "person\n")
