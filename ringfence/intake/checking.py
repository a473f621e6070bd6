"""Which rows of a batch are facts, and what is wrong with each of the others?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import compress
from typing import TypeVar

import numpy as np
import pyarrow as pa

from ringfence.errors import InputError
from ringfence.intake.agreement import Values, compare_cells
from ringfence.intake.cells import Batch, Cell, cells_of, texts
from ringfence.intake.faults import (
    MISSING,
    REPEATED_HEADING,
    WITHHELD,
    Fault,
    Findings,
    Reject,
    conflicting,
    shown,
    uneven,
)
from ringfence.intake.headings import ID_NUMBER, NAME, PHONE, Plan
from ringfence.intake.people import (
    NOT_THE_SAME,
    SAME_ON_BOTH_SIDES,
    Identity,
    Named,
    Pseudonyms,
    read_id,
    read_name,
    read_person,
    read_person_code,
    read_telephone,
)
from ringfence.intake.plain_text import Flags, plain_text
from ringfence.intake.plain_visits import plain_visits
from ringfence.intake.reading import by_cell
from ringfence.intake.repeats import Repeats, content_hashes, key_hashes, row_digests
from ringfence.intake.values import Context, Value, read_hundredths, reader
from ringfence.tables import Column
from ringfence.tables.facts import VISIT

_T = TypeVar("_T")


@dataclass(frozen=True)
class Checked:
    """A batch after checking.

    `rows` are the accepted ones in the table's own schema, with `numbers`, their rows in the file, and
    `digests`, sixteen bytes of what each says (none where whole columns were read at once). `identities` are
    for the vault and nowhere else.
    `read` counts the rows that were not blank; `repeated` those that only said again what an earlier
    row of the file had said; a row in `rejects` may have several faults.
    """

    rows: pa.Table
    numbers: list[int]
    digests: list[bytes]
    identities: list[Identity]
    rejects: list[Reject]
    read: int
    repeated: int

    def only(self, keep: Sequence[bool]) -> "Checked":
        """The same batch with some of its rows; the others count as read, and as nothing else."""
        return replace(
            self,
            rows=self.rows.filter(pa.array(keep, pa.bool_())),
            numbers=list(compress(self.numbers, keep)),
            digests=list(compress(self.digests, keep)),
        )

    @property
    def refused(self) -> int:
        """How many rows were refused."""
        return self.read - self.repeated - self.rows.num_rows


@dataclass
class _Work:
    """A batch half way: its columns of cells, what is wrong so far, the values, and who each row names."""

    findings: Findings
    cells: list[tuple[Cell, ...]]
    values: Values
    people: dict[str, Named]

    @property
    def count(self) -> int:
        return len(self.findings.numbers)

    def good(self) -> list[int]:
        return [at for at in range(self.count) if at not in self.findings.bad]


class Checker:
    """Checks one file's batches in order. It remembers every natural key the file has used; of visits, which
    may be hundreds of millions, only those of a batch: they are compared day by day when they are kept."""

    def __init__(
        self, file: str, plan: Plan, context: Context, pseudonyms: Pseudonyms, own_codes: bool = False
    ) -> None:
        """`own_codes` says that people's codes are the sender's, never our pseudonyms.

        Raises InputError where a constant of the mapping is not a value of its column.
        """
        self._file = file
        self._plan = plan
        self._context = context
        self._pseudonyms = pseudonyms
        self._read_code = read_person_code if own_codes else read_person
        self._repeats = Repeats()
        self._constants = {name: self._constant(name, text) for name, text in plan.constants.items()}

    def check(self, batch: Batch) -> Checked:
        """The facts of a batch, and the faults of its other rows. `batch` must not hold the headings."""
        if (visits := self._at_once(batch)) is not None:
            return Checked(visits, batch.numbers, [], [], [], visits.num_rows, 0)
        if (plain := self._plain(batch)) is None:
            return self._by_cell(by_cell(batch))
        visits, good = plain
        rest = self._by_cell(_others(batch, good))
        return _merged(
            visits, [number for number, fits in zip(batch.numbers, good, strict=True) if fits], rest
        )

    def _by_cell(self, batch: Batch) -> Checked:
        work = _split(batch, self._plan, self._file)
        for column in self._plan.table.stored:
            if column.type == "person":
                work.people[column.name] = self._named(column, work)
            else:
                work.values[column.name] = self._values(column, work)
        compare_cells(self._plan, work.values, work.people, work.findings)
        at, persons = self._persons(work)
        rows, identities = self._table(work, at, persons), _identities(work, at, persons)
        return self._once(work, at, rows, identities, batch.many)

    def _at_once(self, batch: Batch) -> pa.Table | None:
        """The visits of typed columns that need no reading cell by cell; None for anything else."""
        if batch.columns is None or not self._plain_visits():
            return None
        return plain_visits(batch.columns, self._plan.places, self._context.clock)

    def _plain(self, batch: Batch) -> tuple[pa.Table, Flags] | None:
        """The visits of text that need no reading cell by cell, of many, and which rows they are."""
        if not batch.many or batch.columns is not None or not self._plain_visits():
            return None
        return plain_text(batch, len(self._plan.headings), self._plan.places, self._context.clock)

    def _plain_visits(self) -> bool:
        """Whether the file has visits as we write them, with nothing to be said of all or made out."""
        plan = self._plan
        own = self._read_code is read_person
        return plan.table is VISIT and own and not self._constants and not plan.scaled

    def _constant(self, name: str, text: str) -> Value | None:
        found = reader(self._plan.table.column(name), self._context)(text)
        if isinstance(found, Fault):
            raise InputError(f"{self._file}: [constants] {name}: {found.en}; right would be {found.right_en}")
        return found

    def _read(
        self,
        target: str,
        work: _Work,
        read: Callable[[str], _T | Fault | None],
        withheld: bool = True,
        instants: bool = False,
    ) -> list[_T | None]:
        """The values of a heading's cells; None where there is nothing, or a fault, which is noted."""
        place = self._plan.places.get(target)
        if place is None or not work.cells:
            return [None] * work.count
        said = texts(work.cells[place], instants)
        found: dict[str, _T | None] = {}
        faults: dict[str, Fault] = {}
        for text in set(said):
            value = read(text)
            if isinstance(value, Fault):
                faults[text] = value
                found[text] = None
            else:
                found[text] = value
        if faults:
            heading = self._plan.headings[place]
            for at, text in enumerate(said):
                if text in faults:
                    work.findings.add(at, heading, shown(text, withheld), faults[text])
        return [found[text] for text in said]

    def _values(self, column: Column, work: _Work) -> list[Value | None]:
        if column.name in self._constants:
            return [self._constants[column.name]] * work.count
        read = reader(column, self._context)
        if column.name in self._plan.scaled:
            read = reader(column, self._context, read_hundredths)
        values = self._read(column.name, work, read, False, column.type == "instant")
        if column.needed:
            self._need(column.name, values, work)
        return values

    def _need(self, name: str, values: Sequence[object], work: _Work) -> None:
        """Note the rows with nothing in a column that is needed, unless what they had was refused."""
        heading = self._plan.heading(name)
        refused = {reject.row for reject in work.findings.rejects if reject.column == heading}
        for at, value in enumerate(values):
            if value is None and work.findings.numbers[at] not in refused:
                work.findings.add(at, heading, "", MISSING)

    def _named(self, column: Column, work: _Work) -> Named:
        before = len(work.findings.rejects)
        ids = self._read(f"{column.name}.{ID_NUMBER}", work, read_id)
        codes = self._read(column.name, work, self._read_code)
        refused = {reject.row for reject in work.findings.rejects[before:]}
        if column.needed:
            for at in range(work.count):
                if ids[at] is None and codes[at] is None and work.findings.numbers[at] not in refused:
                    work.findings.add(at, self._plan.heading(column.name), "", MISSING)
        names = self._read(f"{column.name}.{NAME}", work, read_name)
        phones = self._read(f"{column.name}.{PHONE}", work, read_telephone)
        return Named(ids, codes, names, phones)

    def _persons(self, work: _Work) -> tuple[list[int], dict[str, list[int | None]]]:
        """The positions of the good rows, and whom each names in each column of persons."""
        at = work.good()
        persons = {name: named.numbers(at, self._pseudonyms) for name, named in work.people.items()}
        for name, named in work.people.items():
            for row, person in zip(at, persons[name], strict=True):
                if named.disagrees(row, person):
                    work.findings.add(row, self._plan.heading(name), WITHHELD, NOT_THE_SAME)
        if {"case", "person"} <= persons.keys():
            for row, case, person in zip(at, persons["case"], persons["person"], strict=True):
                if case is not None and case == person:
                    work.findings.add(row, self._plan.heading("person"), WITHHELD, SAME_ON_BOTH_SIDES)
        still = [place for place, row in enumerate(at) if row not in work.findings.bad]
        kept = {name: [said[place] for place in still] for name, said in persons.items()}
        return [at[place] for place in still], kept

    def _table(self, work: _Work, at: list[int], persons: dict[str, list[int | None]]) -> pa.Table:
        columns: list[pa.Array] = []
        for column in self._plan.table.stored:
            if column.type == "person":
                said: Sequence[object] = persons[column.name]
            else:
                values = work.values[column.name]
                said = values if len(at) == work.count else [values[row] for row in at]
            columns.append(pa.array(said, type=column.arrow))
        return pa.Table.from_arrays(columns, schema=self._plan.table.schema)

    def _once(
        self,
        work: _Work,
        at: list[int],
        rows: pa.Table,
        identities: list[tuple[Identity, ...]],
        many: bool,
    ) -> Checked:
        """Each thing once: rows said before are passed over, rows that contradict an earlier one refused. Of
        many visits that is found out day by day, when they are kept."""
        digests = row_digests(rows)
        numbers = np.array([work.findings.numbers[row] for row in at], dtype=np.int64)
        earlier, same = self._repeats.meet(
            key_hashes(rows, self._plan.table.key), content_hashes(digests, identities), numbers
        )
        if self._plan.table is VISIT:
            self._repeats = Repeats()
            if many:
                earlier = np.zeros_like(earlier)
        for place in np.flatnonzero((earlier > 0) & ~same):
            work.findings.add(at[place], "", "", conflicting(int(earlier[place])))
        keep: list[int] = np.flatnonzero(earlier == 0).tolist()
        rejects = sorted(work.findings.rejects, key=lambda reject: reject.row)
        repeated = int(np.count_nonzero((earlier > 0) & same))
        return Checked(
            rows=rows if len(keep) == rows.num_rows else rows.take(keep),
            numbers=numbers[keep].tolist(),
            digests=[digests[place] for place in keep],
            identities=[said for place in keep for said in identities[place]],
            rejects=rejects,
            read=len(keep) + repeated + len({reject.row for reject in rejects}),
            repeated=repeated,
        )


def _split(batch: Batch, plan: Plan, file: str) -> _Work:
    """The rows with a cell for each heading, as columns; blank rows are passed over."""
    width, headings = len(plan.headings), list(plan.headings)
    findings = Findings(file, [])
    kept: list[list[Cell]] = []
    for number, row in zip(batch.numbers, batch.rows, strict=True):
        if len(row) < width or len(row) > width:
            if _blank(row):
                continue
            if len(row) < width or not _blank(row[width:]):
                findings.refuse(number, uneven(len(row), width))
                continue
            row = row[:width]
        elif row[0] == headings[0] and [str(cell).strip() for cell in row] == headings:
            findings.refuse(number, REPEATED_HEADING)
            continue
        elif not row[0] and _blank(row):
            continue
        findings.numbers.append(number)
        kept.append(row)
    for number, fault in batch.broken:
        findings.refuse(number, fault)
    return _Work(findings, list(zip(*kept, strict=True)), {}, {})


def _identities(
    work: _Work, at: list[int], persons: dict[str, list[int | None]]
) -> list[tuple[Identity, ...]]:
    """What each good row says of who its people are."""
    found: list[tuple[Identity, ...]] = [()] * len(at)
    for name, named in work.people.items():
        for place, (row, person) in enumerate(zip(at, persons[name], strict=True)):
            said = None if person is None else named.identity(row, person)
            if said is not None:
                found[place] = (*found[place], said)
    return found


def _others(batch: Batch, good: Flags) -> Batch:
    """The rows of a batch that are not plain."""
    at = np.flatnonzero(~good).tolist()
    if batch.text is not None:
        lines, delimiter = batch.text
        rows = cells_of([lines[row] for row in at], delimiter)
    else:
        rows = [batch.rows[row] for row in at]
    return Batch([batch.numbers[row] for row in at], rows, batch.broken, many=batch.many)


def _merged(visits: pa.Table, numbers: list[int], rest: Checked) -> Checked:
    """Plain visits and the others of a batch, in the order of the file."""
    read = rest.read + len(numbers)
    if not rest.rows.num_rows:
        return replace(rest, rows=visits, numbers=numbers, digests=[], read=read)
    every = np.array([*numbers, *rest.numbers])
    order = np.argsort(every)
    rows = pa.concat_tables([visits, rest.rows]).take(pa.array(order))
    return replace(rest, rows=rows, numbers=every[order].tolist(), digests=[], read=read)


def _blank(row: Sequence[Cell]) -> bool:
    return all(cell is None or (isinstance(cell, str) and (not cell or cell.isspace())) for cell in row)
