"""What does the page of a brief hold? Frozen values: the contract between who fills it and the template."""

from dataclasses import dataclass

from ringfence.exchange.drawing import Map
from ringfence.exchange.speech import Text


@dataclass(frozen=True)
class Number:
    """A number and the view that opens the rows it counts."""

    count: int
    view: int


@dataclass(frozen=True)
class FigureRows:
    """A figure of the call-over, its rows, and how far it moved since the call-over before."""

    id: str
    name: Text
    table: str
    number: Number
    change: int | None


@dataclass(frozen=True)
class Due:
    """Things of one kind that one unit owes by one instant."""

    must: Text
    unit: Text
    about: Text
    """Whom or what the first of them concerns."""
    due: str
    left: Text
    late: bool
    rule: str
    grade: str
    why: Text
    number: Number


@dataclass(frozen=True)
class Load:
    """What one unit owes under one duty."""

    unit: Text
    duty: Text
    late: Number
    open: Number
    done: Number


@dataclass(frozen=True)
class Step:
    """One clock of one case: how it stands, in a word and in time."""

    state: str
    word: Text
    time: Text
    grade: str
    why: Text


@dataclass(frozen=True)
class Clock:
    """The clocks of one case or tube, a step a cell; None where that clock does not run for it."""

    subject: str
    about: Text
    steps: tuple[Step | None, ...]


@dataclass(frozen=True)
class Covered:
    """How far a round has come in one area; `level` is round, district or town."""

    level: str
    code: str
    area: Text
    expected: Number
    sampled: Number
    missing: Number
    excused: Number
    strangers: Number

    @property
    def per_mille(self) -> int:
        """Sampled among the expected, in thousandths, rounded down: 1000 only when nobody is missing."""
        return 1000 * self.sampled.count // self.expected.count if self.expected.count else 0


@dataclass(frozen=True)
class Coverage:
    """A round, and how far it has come by district and town."""

    name: Text
    opens: str
    due: str
    rows: tuple[Covered, ...]


@dataclass(frozen=True)
class Listed:
    """A list at an instant: which table, what it is called, and the view of its rows."""

    table: str
    name: Text
    number: Number


@dataclass(frozen=True)
class Sheet:
    """Everything that stands at one instant."""

    at: str
    summary: Text
    figures: tuple[FigureRows, ...]
    late: tuple[Due, ...]
    soon: tuple[Due, ...]
    load: tuple[Load, ...]
    load_all: Number
    map: Map | None
    clock_heads: tuple[Text, ...]
    clocks: tuple[Clock, ...]
    coverage: tuple[Coverage, ...]
    lists: tuple[Listed, ...]
    seq: int
    digest: str
    stack: tuple[str, ...]


@dataclass(frozen=True)
class Moment:
    """Something that happened in the night, and the first sheet that knew it."""

    at: str
    known: str
    sheet: int
    x: float
    """Where on a line from the first moment (0) to the last instant (1000); further for what is to come."""
    kind: str
    text: Text
    source: str


@dataclass(frozen=True)
class RuleUsed:
    """A rule that decided something on the page."""

    id: str
    says: Text
    source: str
    grade: str
    grade_means: Text
    edition: str


@dataclass(frozen=True)
class Brief:
    """A whole brief, ready to be rendered; `payload` is what the script reads (see `ledger`)."""

    place: Text
    zone: str
    ahead: str
    exercise: bool
    store: str
    version: str
    sheets: tuple[Sheet, ...]
    moments: tuple[Moment, ...]
    rules: tuple[RuleUsed, ...]
    payload: str
