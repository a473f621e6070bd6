"""The options several commands share, and how an instant is written on the command line."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from ringfence.actions.deciding import last_known
from ringfence.actions.store import Store
from ringfence.errors import InputError
from ringfence.tables import person_number

StoreFolder = Annotated[
    Path, typer.Option("--store", envvar="RINGFENCE_STORE", help="存储目录 / The store's folder.")
]
AsOf = Annotated[
    str,
    typer.Option(
        "--as-of",
        help='时刻,如 "2022-03-31 03:00"(当地时间);缺省为现在 / '
        "The instant, in local time; now where left out (on an exercise: the last thing known).",
    ),
]
Case = Annotated[
    list[str] | None,
    typer.Option(
        "--case", help="病例编号,可重复;缺省为全部病例 / A case, P…; may be repeated. All where left out."
    ),
]
Format = Annotated[str, typer.Option("--format", "-f", help="table, csv, json 或/or parquet.")]
Output = Annotated[
    Path | None, typer.Option("--output", "-o", help="写入文件,缺省为屏幕 / A file, instead of the screen.")
]
Engine = Annotated[
    str,
    typer.Option(
        "--engine",
        help="在 Spark 集群上查接触,如 spark://host:7077;缺省在本机 / "
        "Search for meetings on a Spark cluster, such as spark://host:7077; on this machine where left out.",
    ),
]
DEFAULT_STORE = Path("ringfence-data")

_FORMS = ("%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d")


def instant(text: str, store: Store, option: str = "--as-of") -> datetime:
    """The instant an option stands for, as naive UTC."""
    if not text:
        now = datetime.now(UTC).replace(tzinfo=None)
        return (last_known(store) or now) if store.journal.exercise else now
    for form in _FORMS:
        try:
            read = datetime.strptime(text, form)  # noqa: DTZ007 - the store's zone is put in below
        except ValueError:
            continue
        there = read.replace(tzinfo=ZoneInfo(store.settings.zone))
        return there.astimezone(UTC).replace(tzinfo=None)
    raise InputError(f'{option} "{text}" is not an instant; write it like "2022-03-31 03:00"')


def people_of(texts: Sequence[str] | None) -> list[int]:
    """The people behind pseudonyms; InputError where one is not written as such."""
    numbers = {text: person_number(text) for text in texts or ()}
    wrong = [text for text, number in numbers.items() if number is None]
    if wrong:
        raise InputError("--case: what is given is not the number of a person; write it like P123")
    return [number for number in numbers.values() if number is not None]


def local(instant_: datetime, store: Store) -> str:
    """An instant as the store's own clocks show it."""
    return f"{instant_.replace(tzinfo=UTC).astimezone(ZoneInfo(store.settings.zone)):%Y-%m-%d %H:%M}"
