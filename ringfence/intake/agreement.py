"""Do the cells of one row agree with each other?"""

from ringfence.intake.faults import ENDS_BEFORE, NO_POSITION, WITHHELD, Findings
from ringfence.intake.headings import Plan
from ringfence.intake.id_numbers import birth_year, sex
from ringfence.intake.people import BOTH_GIVEN, UNLIKE_ID, Named
from ringfence.intake.values import Value
from ringfence.tables.facts import FIX, PERSON

_SPANS = (
    ("from_day", "to_day"), ("valid_from", "valid_to"), ("enter", "leave"), ("begin", "end"),
    ("opens_at", "due_at"),
)  # fmt: skip

Values = dict[str, list[Value | None]]


def compare_cells(plan: Plan, values: Values, people: dict[str, Named], findings: Findings) -> None:
    """Refuse rows that end before they begin, are nowhere, name a person twice, or contradict an ID number.

    In a file of persons the year of birth and the sex are taken from the ID number where not given.
    """
    for begin, end in _SPANS:
        if begin in values and end in values:
            _compare_span(plan, values[begin], values[end], end, findings)
    for name, named in people.items():
        heading = plan.heading(name)
        for at, (number, code) in enumerate(zip(named.ids, named.codes, strict=True)):
            if number is not None and isinstance(code, str):
                findings.add(at, heading, WITHHELD, BOTH_GIVEN)
    if plan.table is FIX:
        _compare_fix(plan, values, findings)
    if plan.table is PERSON:
        _compare_id(plan, values, people["person"], findings)


def _compare_span(
    plan: Plan, begins: list[Value | None], ends: list[Value | None], name: str, findings: Findings
) -> None:
    for at, (begin, end) in enumerate(zip(begins, ends, strict=True)):
        # Both are days or both instants: one type a column.
        if begin is not None and end is not None and end < begin:  # pyright: ignore[reportOperatorIssue]
            findings.add(at, plan.heading(name), str(end), ENDS_BEFORE)


def _compare_fix(plan: Plan, values: Values, findings: Findings) -> None:
    """A fix is two coordinates, or a cell and how large it is; or both."""
    pairs = (("lon", "lat"), ("cell", "cell_m"))
    refused = {reject.row for reject in findings.rejects}
    for at, number in enumerate(findings.numbers):
        given = [[values[name][at] is not None for name in pair] for pair in pairs]
        if number not in refused and (not any(map(all, given)) or any(any(p) != all(p) for p in given)):
            findings.add(at, plan.heading("cell"), "", NO_POSITION)


def _compare_id(plan: Plan, values: Values, named: Named, findings: Findings) -> None:
    years, sexes = values["birth_year"], values["sex"]
    for at, number in enumerate(named.ids):
        if number is None:
            continue
        for column, given, known in (("birth_year", years, birth_year(number)), ("sex", sexes, sex(number))):
            if given[at] is None:
                given[at] = known
            elif given[at] != known:
                findings.add(at, plan.heading(column), WITHHELD, UNLIKE_ID)
