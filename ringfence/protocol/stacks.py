"""Is an edition sound wherever and whenever it is in force? Every stack it takes part in, every fault."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from ringfence.protocol.read import SHIPPED, Edition, files_in, read_texts
from ringfence.protocol.resolve import ANY, covers, merged, rivals, stacked
from ringfence.protocol.rows import Fault


def check_editions(
    editions: Sequence[Edition], faults: Sequence[Fault], only: Collection[str] | None = None
) -> list[Fault]:
    """The faults of some editions (all unless said), each once, in the stacks they take part in.

    Args:
        editions: those to check, and those they stand on or beside.
        faults: what reading them found.
        only: the files asked about.
    """
    asked = [edition for edition in editions if only is None or edition.file in only]
    found = [fault for fault in faults if only is None or fault.file in only]
    if found:
        return found
    for edition in asked:
        found += _alone(edition, editions)
        for area, disease in _places(edition, editions):
            for at in _instants(edition, editions, area, disease):
                found += _at(edition, editions, area, disease, at)
        found += _gaps(edition, editions)
    return list(dict.fromkeys(found))


def check_files(*places: Path) -> tuple[list[Edition], list[Fault]]:
    """The editions of some files or folders, and their faults in the stacks with the shipped ones.

    Raises InputError where there is no such file.
    """
    given = files_in(*places)
    names = {file for file, _ in given}
    beside = [(file, content) for file, content in files_in(SHIPPED) if file not in names]
    editions, faults = read_texts([*beside, *given])
    return [one for one in editions if one.file in names], check_editions(editions, faults, names)


def _alone(edition: Edition, editions: Sequence[Edition]) -> Iterator[Fault]:
    if edition.end is not None and edition.end <= edition.begin:
        yield Fault(edition.file, "edition.to", "is not after from; an edition is in force for a while")
    if edition.base and edition.base != ANY and edition.base not in {other.id for other in editions}:
        yield Fault(edition.file, "edition.base", f'is "{edition.base}", which no edition is; name one')


def _places(edition: Edition, editions: Sequence[Edition]) -> list[tuple[str, str]]:
    """The areas and diseases whose stacks it can be in: its own, and those narrower it reaches into."""
    diseases = {e.disease for e in editions if e.disease != ANY}
    mine = {edition.disease} if edition.disease != ANY else diseases
    areas = {edition.area} | {e.area for e in editions if e.disease in mine and covers(edition, e.area)}
    return sorted((area, disease) for area in areas for disease in mine)


def _instants(edition: Edition, editions: Sequence[Edition], area: str, disease: str) -> list[datetime]:
    """When a stack that it is in begins to be another: its own begin, and every change until its end."""
    changes = {edition.begin}
    for other in editions:
        if other.disease in (disease, ANY) and covers(other, area):
            changes |= {other.begin} | ({other.end} if other.end else set())
    return sorted(at for at in changes if at >= edition.begin and (edition.end is None or at < edition.end))


def _at(edition: Edition, editions: Sequence[Edition], area: str, disease: str, at: datetime) -> list[Fault]:
    stack = stacked(editions, area, disease, at)
    if edition.id not in {one.id for one in stack}:
        return []
    _, faults = merged(stack, area, at)
    return faults + rivals(editions, stack[0], at)


def _gaps(edition: Edition, editions: Sequence[Edition]) -> Iterator[Fault]:
    """A time after it, before the next base, in which nothing is in force."""
    if edition.base or edition.end is None:
        return
    same = [e for e in editions if not e.base and (e.area, e.disease) == (edition.area, edition.disease)]
    later = [e.begin for e in same if e.begin >= edition.end]
    if later and not any(e.begin <= edition.end and (e.end is None or edition.end < e.end) for e in same):
        yield Fault(
            edition.file,
            "edition.to",
            f"leaves nothing in force until {min(later):%Y-%m-%d %H:%M} UTC; let them meet",
        )
