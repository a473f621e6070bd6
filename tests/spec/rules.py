"""Rules drawn for one spec, in place of those an edition has."""

from dataclasses import replace

from ringfence.protocol import Protocol
from ringfence.protocol.predicates import parse
from ringfence.protocol.rules import CaseReleaseRule, CaseRule, ContactRule
from ringfence.protocol.vocabulary import CASE, CONTACT
from tests.drawing import drawn


def with_cases(protocol: Protocol, rows: str) -> Protocol:
    """The protocol with drawn rows before those of its case table: gives, when."""
    like = protocol.cases[0].rule
    added = tuple(
        CaseRule(replace(like, id=f"drawn-{n}"), row["gives"], parse(row["when"], CASE), "exclude")
        for n, row in enumerate(drawn(rows), 1)
    )
    return replace(protocol, cases=added + protocol.cases)


def with_release(protocol: Protocol, row: str) -> Protocol:
    """The protocol with one drawn row for its case release table: clean, gap_h, ct_x100_from, after_d."""
    [given] = drawn(row)
    rule = replace(protocol.cases[0].rule, id="drawn-release")
    numbers = {name: int(value) for name, value in given.items()}
    return replace(protocol, case_releases=(CaseReleaseRule(rule, None, "exclude", **numbers),))


def with_contacts(protocol: Protocol, rows: str) -> Protocol:
    """The protocol with a drawn contact table: ring, gives, when (empty: always), unknown."""
    like = protocol.contacts[0].rule
    drawn_rows = tuple(
        ContactRule(
            replace(like, id=f"drawn-{n}"), row["gives"], int(row["ring"]),
            parse(row["when"], CONTACT) if row["when"] else None, row["unknown"] or "exclude",
        )
        for n, row in enumerate(drawn(rows), 1)
    )  # fmt: skip
    return replace(protocol, contacts=drawn_rows)
