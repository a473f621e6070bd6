"""Which table is a file, and which of its headings is which column?

Headings are the columns' own names, their Chinese names or their aliases, or what a mapping says.
A person may be named by ID number wherever a table has a column of persons, and their name and
telephone may stand beside it; those go to the vault.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ringfence.errors import InputError
from ringfence.intake.cells import Cell, plain
from ringfence.intake.mapping import FileMapping
from ringfence.intake.words import folded, hundredths
from ringfence.tables import Column, Table
from ringfence.tables.facts import FACTS, PERSON

ID_NUMBER, NAME, PHONE = "id_number", "name", "phone"
PERSONAL = (ID_NUMBER, NAME, PHONE)
_NEVER = ("visit_partition", "deletion", "device", "label")
_LOADABLE = {name: table for name, table in FACTS.items() if name not in _NEVER}
_HEADING_ROWS = 10
_HINT = re.compile(r"[(\[].*?[)\]]|[*:]")
_PERSON_CODE = "编号"
_ZH = {
    ID_NUMBER: ("身份证号", "身份证号码", "证件号码"),
    NAME: ("姓名",),
    PHONE: ("手机号", "电话", "联系电话"),
}


@dataclass(frozen=True)
class Plan:
    """How a file is read: its table, where each column stands, and what is left out.

    `places` gives the position of a heading by target: a column's name, or `person.id_number`,
    `person.name`, `person.phone` for each column of persons. `scaled` are the targets written as the
    number itself and kept in hundredths.
    """

    table: Table
    headings: tuple[str, ...]
    places: Mapping[str, int]
    scaled: frozenset[str]
    ignored: tuple[str, ...]
    constants: Mapping[str, str]
    heading_row: int

    def heading(self, column: str) -> str:
        """The file's heading for a column, or for the ID number that stands for it; or the column's name."""
        place = self.places.get(column, self.places.get(f"{column}.{ID_NUMBER}"))
        return column if place is None else self.headings[place]


@dataclass(frozen=True)
class _Match:
    places: dict[str, int]
    scaled: frozenset[str]


def make_plan(
    name: str, numbers: Sequence[int], rows: Sequence[Sequence[Cell]], mapping: FileMapping, table: str = ""
) -> Plan:
    """Find the headings among a file's first rows and what they mean.

    `name` is the file's, for messages; `table` overrides the mapping's. Raises InputError where no
    table fits, several do, or a heading is given twice.
    """
    wanted = table or mapping.table
    if wanted and wanted not in _LOADABLE:
        raise InputError(f"{name}: there is no table {wanted!r} to load; there are {', '.join(_LOADABLE)}")
    candidates = [_LOADABLE[wanted]] if wanted else list(_LOADABLE.values())
    at = _heading_row(name, numbers, rows, mapping, candidates)
    headings = tuple(plain(cell).strip() for cell in rows[at])
    while headings and not headings[-1]:
        headings = headings[:-1]
    chosen = candidates[0] if wanted else _guess(name, headings, mapping, candidates)
    match = _match(name, headings, chosen, mapping)
    _check_constants(name, chosen, mapping, match.places)
    missing = _missing(chosen, {*match.places, *mapping.constants})
    if missing:
        raise InputError(f"{name}: {_lacking(chosen, missing)}")
    taken = set(match.places.values())
    ignored = tuple(h for place, h in enumerate(headings) if place not in taken and h)
    return Plan(chosen, headings, match.places, match.scaled, ignored, mapping.constants, numbers[at])


def _heading_row(
    name: str,
    numbers: Sequence[int],
    rows: Sequence[Sequence[Cell]],
    mapping: FileMapping,
    candidates: Sequence[Table],
) -> int:
    """The first row, or, where titles stand above, the row of the first ten with the most known headings."""
    if not rows:
        raise InputError(f"{name}: the file has no rows; the first row must hold the headings")
    if mapping.heading_row:
        if mapping.heading_row not in numbers:
            raise InputError(f"{name}: heading_row = {mapping.heading_row}: there is no such row")
        return list(numbers).index(mapping.heading_row)

    own = [folded(heading) for heading in mapping.columns]
    understood = [{*_targets(table), *_hundredths(table), *own} for table in candidates]

    def known(at: int) -> int:
        said = {form for cell in rows[at] for form in _forms(plain(cell))}
        return max(len(said & headings) for headings in understood)

    return max(range(min(_HEADING_ROWS, len(rows))), key=lambda at: (known(at), -at))


def _targets(table: Table) -> dict[str, str]:
    """The target each folded heading means in a table."""
    found: dict[str, str] = {}
    for column in table.columns:
        for heading in _spellings(table, column):
            found.setdefault(folded(heading).replace("_", ""), _target(table, column.name))
    for target, heading in _personal_headings(table):
        found.setdefault(folded(heading).replace("_", ""), target)
    return found


def _hundredths(table: Table) -> dict[str, str]:
    """The column each folded heading means that people write as the number itself."""
    return {
        folded(heading): column.partition(".")[2]
        for column, headings in hundredths().items()
        if column.partition(".")[0] == table.name
        for heading in headings
    }


def _spellings(table: Table, column: Column) -> Iterator[str]:
    yield column.name
    yield column.zh
    yield from (heading for heading, name in table.aliases.items() if name == column.name)


def _target(table: Table, name: str) -> str:
    return f"person.{name}" if table is PERSON and name in PERSONAL else name


def _personal_headings(table: Table) -> Iterator[tuple[str, str]]:
    """Headings that say who a person is, in any table with a column of persons."""
    for column in table.columns:
        if column.type != "person":
            continue
        for personal in PERSONAL:
            target = f"{column.name}.{personal}"
            yield target, target
            yield target, f"{column.name}_{personal}"
            yield from ((target, column.zh.replace(_PERSON_CODE, zh)) for zh in _ZH[personal])
            if column.name == "person":
                yield from ((target, heading) for heading in _spellings(PERSON, PERSON.column(personal)))


def _match(name: str, headings: Sequence[str], table: Table, mapping: FileMapping) -> _Match:
    standard, numbers = _targets(table), _hundredths(table)
    own = _own_targets(name, table, mapping)
    places: dict[str, int] = {}
    scaled: set[str] = set()
    for place, heading in enumerate(headings):
        target, by_hundreds = _meaning(heading, own, standard, numbers)
        if not target:
            continue
        if by_hundreds:
            scaled.add(target)
        if target in places:
            raise InputError(
                f"{name}: the headings {headings[places[target]]!r} and {heading!r} both mean {target}; "
                f'leave one out with [columns] {heading!r} = "" in a mapping file'
            )
        places[target] = place
    absent = sorted(set(own) - {folded(heading) for heading in headings})
    if absent:
        raise InputError(f"{name}: the mapping names headings that are not in the file: {', '.join(absent)}")
    return _Match(places, frozenset(scaled))


def _meaning(
    heading: str, own: Mapping[str, str], standard: Mapping[str, str], numbers: Mapping[str, str]
) -> tuple[str, bool]:
    """The target of a heading, empty where it has none, and whether it is written in whole units."""
    key = folded(heading)
    if key in own:
        return own[key], False
    target = _standard_target(heading, standard)
    return (target, False) if target or key not in numbers else (numbers[key], True)


def _standard_target(heading: str, standard: Mapping[str, str]) -> str:
    _, joined, bare = _forms(heading)
    return standard.get(joined) or standard.get(bare, "")


def _forms(heading: str) -> tuple[str, str, str]:
    """A heading folded, then without underscores, then also without stars and what stands in brackets."""
    key = folded(heading)
    joined = key.replace("_", "")
    return key, joined, _HINT.sub("", joined)


def _own_targets(name: str, table: Table, mapping: FileMapping) -> dict[str, str]:
    """The targets the mapping's headings mean in a table. Raises InputError for a column it has not."""
    standard = _targets(table)
    own: dict[str, str] = {}
    for heading, column in mapping.columns.items():
        target = standard.get(folded(column).replace("_", ""), "")
        if column and not target:
            able = ", ".join(c.name for c in table.columns)
            raise InputError(f"{name}: the mapping has {column!r}, which table {table.name} has not: {able}")
        own[folded(heading)] = target
    return own


def _missing(table: Table, given: set[str]) -> tuple[str, ...]:
    return tuple(
        column.name
        for column in table.stored
        if column.needed
        and column.name not in given
        and not (column.type == "person" and f"{column.name}.{ID_NUMBER}" in given)
    )


def _guess(name: str, headings: Sequence[str], mapping: FileMapping, candidates: Sequence[Table]) -> Table:
    """The table that takes the most of the headings, which must have all it needs.

    A table that takes fewer is never fallen back upon: a list of samples without their times is not
    a list of persons because it names some.
    """
    found: list[tuple[int, tuple[str, ...], Table]] = []
    for table in candidates:
        targets = _all_targets(headings, table, mapping)
        if targets is not None:
            found.append((len(targets), _missing(table, {*targets, *mapping.constants}), table))
    most = max((count for count, _, _ in found), default=0)
    best = [table for count, missing, table in found if count == most and not missing]
    if len(best) == 1:
        return best[0]
    if best:
        names = ", ".join(table.name for table in best)
        raise InputError(f"{name}: the headings fit several tables ({names}); say which with --table")
    near = sorted((item for item in found if item[0]), key=lambda item: len(item[1]) - item[0])[:3]
    nearest = "; ".join(_lacking(table, missing) for _, missing, table in near if missing) or "none"
    raise InputError(
        f"{name}: the headings are those of no table. Nearest: {nearest}. Use the standard headings "
        "(English or Chinese), name them in a mapping file, or say the table with --table"
    )


def _all_targets(headings: Sequence[str], table: Table, mapping: FileMapping) -> set[str] | None:
    """Every target the headings mean in a table; None where the mapping names a column it has not."""
    try:
        own = _own_targets("", table, mapping)
    except InputError:
        return None
    standard, numbers = _targets(table), _hundredths(table)
    return {target for heading in headings if (target := _meaning(heading, own, standard, numbers)[0])}


def _lacking(table: Table, missing: Sequence[str]) -> str:
    listed = ", ".join(f"{column} ({table.column(column).zh})" for column in missing)
    return f"table {table.name} ({table.zh}) lacks the headings {listed}"


def _check_constants(name: str, table: Table, mapping: FileMapping, places: Mapping[str, int]) -> None:
    able = {c.name for c in table.stored if c.type != "person"}
    for column in mapping.constants:
        if column not in able:
            raise InputError(
                f"{name}: [constants] {column!r}: table {table.name} takes {', '.join(sorted(able))}"
            )
        if column in places:
            raise InputError(f"{name}: [constants] {column!r} is a heading of the file too; keep one")
