"""What does a page of the documents tell a reader to type, and does it do what the page shows?

In a page, in order:

- <!-- goes on from docs/a.md --> in its first lines: its folder is the one that page leaves behind;
- ```csv file=people.csv  (or toml, json, text …) is a file the reader has made: it is written;
- ```console              each line `$ ringfence …` is run; the lines below it are what it printed, some or
                          all of them, in order, `...` standing for any others, or the rest of a line;
- `# exit 4` at the end of such a line: it exits with 4, not 0;
- ```console not-run="takes minutes"  is only read, and says why.

Other commands (`$ make demo`) are for the reader and are not run; but for `$ export NAME=value`, which holds
from there on, and `$ cp -r`, which copies within the folder.
"""

import io
import os
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack, chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from ringfence.__main__ import main

FENCE = re.compile(
    r"^(?P<fence>`{3,})(?P<info>[^`\n]*)\n(?P<body>.*?)^(?P=fence)[ \t]*$", re.DOTALL | re.MULTILINE
)
EXIT = re.compile(r"\s+# exit (?P<code>\d+)\s*$")
GOES_ON = re.compile(r"^<!-- goes on from (?P<page>\S+) -->$", re.MULTILINE)
WIDTH = "110"


@dataclass(frozen=True)
class Given:
    """A file the page has its reader make."""

    name: str
    text: str


@dataclass(frozen=True)
class Typed:
    """A command, the exit code stated, and the output shown."""

    words: tuple[str, ...]
    code: int
    shown: tuple[str, ...]


@dataclass(frozen=True)
class Exported:
    """A variable the reader sets for what follows."""

    name: str
    value: str


@dataclass(frozen=True)
class Copied:
    """A file or folder the reader copies."""

    source: str
    target: str


@dataclass(frozen=True)
class Ran:
    """What a command did: its exit code, what it wrote, and what it wrote to standard error."""

    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        """Its output as text."""
        return self.out.decode("utf-8")


class PageError(ValueError):
    """A page that cannot be followed."""


def run(*words: str | Path, folder: Path, **variables: str) -> Ran:
    """Run a command as from a shell in a folder, with these environment variables; `HOME` is the folder."""
    out, err = _stream(), _stream()
    code = 0
    with ExitStack() as held:
        held.enter_context(chdir(folder))
        held.enter_context(patch.dict(os.environ, _environment(folder) | variables, clear=True))
        held.enter_context(patch.object(sys, "argv", ["ringfence", *map(str, words)]))
        held.enter_context(redirect_stdout(out))
        held.enter_context(redirect_stderr(err))
        try:
            main()
        except SystemExit as left:
            code = left.code if isinstance(left.code, int) else int(left.code is not None)
    return Ran(code, _written(out), _written(err).decode("utf-8"))


def _stream() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)


def _written(stream: io.TextIOWrapper) -> bytes:
    stream.flush()
    kept = stream.detach()
    assert isinstance(kept, io.BytesIO)
    return kept.getvalue()


def _environment(home: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("RINGFENCE", "PYTEST"))}
    return kept | {"HOME": str(home), "COLUMNS": WIDTH, "NO_COLOR": "1", "TERM": "dumb"}


def goes_on_from(page: str) -> str | None:
    """The page, from the root of the project, whose folder this one begins in."""
    found = GOES_ON.search(page[: page.find("\n## ")] if "\n## " in page else page)
    return found["page"] if found else None


def acts(page: str) -> Iterator[Given | Typed | Exported | Copied]:
    """What a page does, in order."""
    for block in FENCE.finditer(page):
        language, _, rest = block["info"].strip().partition(" ")
        options = dict(part.split("=", 1) for part in shlex.split(rest) if "=" in part)
        if "file" in options:
            yield Given(_inside(options["file"]), block["body"])
        elif language == "console" and "not-run" not in options:
            yield from _typed(block["body"])
        elif language == "console" and not options["not-run"].strip():
            raise PageError('a console block that is not run says why: not-run="reason"')


def _inside(name: str) -> str:
    if Path(name).is_absolute() or ".." in Path(name).parts:
        raise PageError(f"{name} lies outside the reader's folder")
    return name


def _typed(body: str) -> Iterator[Typed | Exported | Copied]:
    commands = re.split(r"^\$ ", body.replace("\\\n", " "), flags=re.MULTILINE)
    for command in commands[1:]:
        line, *shown = command.splitlines()
        stated = EXIT.search(line)
        words = tuple(shlex.split(line, comments=True))
        if words[:1] == ("ringfence",):
            kept = (text.rstrip() for text in shown)
            code = int(stated["code"]) if stated else 0
            yield Typed(words[1:], code, tuple(text for text in kept if text not in ("", "...", "…")))
        elif words[:1] == ("export",):
            yield Exported(*words[1].split("=", 1))
        elif words[:2] == ("cp", "-r"):
            yield Copied(_inside(words[2]), _inside(words[3]))


def unseen(shown: tuple[str, ...], printed: str) -> str | None:
    """The first line shown that was not printed, or not after the ones before it."""
    lines = iter([line.rstrip() for line in printed.splitlines()])
    return next((line for line in shown if not any(_is(line, one) for one in lines)), None)


def _is(shown: str, printed: str) -> bool:
    return printed.startswith(shown[: -len("...")]) if shown.endswith(" ...") else printed == shown


def follow(page: str, folder: Path) -> list[str]:
    """Do what a page says in a folder; what went otherwise than the page says."""
    faults: list[str] = []
    exported: dict[str, str] = {}
    for act in acts(page):
        match act:
            case Given(name, text):
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_text(text, encoding="utf-8")
            case Exported(name, value):
                exported[name] = value
            case Copied(source, target):
                shutil.copytree(folder / source, folder / target)
            case Typed():
                faults += _otherwise(act, run(*act.words, folder=folder, **exported))
    return faults


def _otherwise(act: Typed, did: Ran) -> Iterator[str]:
    typed, printed = "ringfence " + shlex.join(act.words), did.text + did.err
    if did.code != act.code:
        yield f"{typed}: exit {did.code}, the page says {act.code}\n{printed}"
    elif (line := unseen(act.shown, printed)) is not None:
        yield f"{typed}: the page shows {line!r}\n{printed}"
