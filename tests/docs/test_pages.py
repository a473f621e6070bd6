"""Do the documents say what is so: commands, links, and nothing untested?"""

import re
import shutil
from pathlib import Path

import pytest

from tests.docs.console import (
    Copied,
    Exported,
    Given,
    PageError,
    Typed,
    acts,
    follow,
    goes_on_from,
    run,
    unseen,
)

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"!?\[[^\]\n]*\]\((?P<target>[^)\s]+)\)")
CODE = re.compile(r"^(`{3,}).*?^\1[ \t]*$|`[^`\n]*`", re.DOTALL | re.MULTILINE)


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


FOLLOWED: dict[str, tuple[Path, list[str]]] = {}
"""Pages that others go on from: the folder each has left behind, and what went otherwise, by name."""


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pages")


def followed(page: str, shelf: Path) -> tuple[Path, list[str]]:
    """A page that others go on from, followed once."""
    if page not in FOLLOWED:
        left = shelf / str(len(FOLLOWED))
        left.mkdir()
        FOLLOWED[page] = left, follow((ROOT / page).read_text(encoding="utf-8"), left)
    return FOLLOWED[page]


GONE_ON_FROM = {goes_on_from(page.read_text(encoding="utf-8")) for page in PAGES}


@pytest.mark.no_cover  # the commands have tests of their own; tracing them here as well doubles the time
@pytest.mark.parametrize("page", PAGES, ids=name)
def test_what_a_page_tells_to_type_does_what_it_shows(page: Path, tmp_path: Path, shelf: Path) -> None:
    text = page.read_text(encoding="utf-8")
    if name(page) in GONE_ON_FROM:
        assert followed(name(page), shelf)[1] == []
        return
    before = goes_on_from(text)
    if before:
        shutil.copytree(followed(before, shelf)[0], tmp_path, dirs_exist_ok=True)
    assert follow(text, tmp_path) == []


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as a forge makes them."""
    heads = re.findall(r"^#+ (.+)$", CODE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads}


def broken(path: Path, text: str) -> list[str]:
    found = []
    for link in LINK.finditer(CODE.sub("", text)):
        target, _, anchor = link["target"].partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        aim = (path.parent / target).resolve() if target else path
        if not aim.exists():
            found.append(f"{name(path)}: no {target}")
        elif anchor and aim.suffix == ".md" and anchor not in anchors(aim.read_text(encoding="utf-8")):
            found.append(f"{name(path)}: no heading #{anchor} in {target or 'the page'}")
    return found


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_within_the_project_lead_somewhere(page: Path) -> None:
    assert broken(page, page.read_text(encoding="utf-8")) == []


NAMED = re.compile(r"`((?:tests|ringfence|docs|benchmarks)/[\w./-]+)`")


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_files_a_page_names_are_there(page: Path) -> None:
    named = NAMED.findall(page.read_text(encoding="utf-8"))
    assert [one for one in named if not (ROOT / one).exists()] == []


def test_every_page_of_the_documents_can_be_reached_from_the_readme() -> None:
    reached: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md" or not page.is_file():
            continue
        reached.add(page)
        text = CODE.sub("", page.read_text(encoding="utf-8"))
        targets = [link["target"].partition("#")[0] for link in LINK.finditer(text)]
        waiting += [(page.parent / target).resolve() for target in targets if target and ":" not in target]
    assert [name(page) for page in PAGES if page not in reached] == []


def test_a_broken_link_is_found() -> None:
    page = ROOT / "GLOSSARY.md"
    assert broken(page, "see [it](docs/nowhere.md)") == ["GLOSSARY.md: no docs/nowhere.md"]
    assert broken(page, "![it](docs/nowhere.png)") == ["GLOSSARY.md: no docs/nowhere.png"]
    assert broken(page, "see [it](#nowhere)") == ["GLOSSARY.md: no heading #nowhere in the page"]
    assert broken(page, "`[not](a-link.md)` and [one](LICENSE)") == []


SAMPLE = """
<!-- goes on from docs/a.md -->

## Files

```csv file=in/people.csv
name,age
Ana,3
```

```console
$ ringfence load in/people.csv \\
    --strict  # exit 4
1 row refused
...
see rejects.csv
$ make demo
$ export RINGFENCE_STORE=other
$ cp -r other backup
$ ringfence verify
```

```console not-run="takes minutes"
$ ringfence demo
```

```python
$ ringfence nonsense
```
"""


def test_a_page_is_read_in_order() -> None:
    assert goes_on_from(SAMPLE) == "docs/a.md"
    assert list(acts(SAMPLE)) == [
        Given("in/people.csv", "name,age\nAna,3\n"),
        Typed(("load", "in/people.csv", "--strict"), 4, ("1 row refused", "see rejects.csv")),
        Exported("RINGFENCE_STORE", "other"),
        Copied("other", "backup"),
        Typed(("verify",), 0, ()),
    ]


@pytest.mark.parametrize("block", ['```console not-run=""\n$ ringfence x\n```', "```csv file=../a.csv\n```"])
def test_a_page_that_cannot_be_followed_is_refused(block: str) -> None:
    with pytest.raises(PageError):
        list(acts(block))


def test_output_is_compared_line_by_line_in_order() -> None:
    assert unseen(("a", "c"), "a  \nb\nc\n") is None
    assert unseen(("c", "a"), "a\nb\nc\n") == "a"
    assert unseen(("b c",), "a\nb\nc\n") == "b c"
    assert unseen(("b ...",), "a\nb c\n") is None
    assert unseen(("b ...",), "a\nbc\n") == "b ..."


def test_a_command_that_does_not_do_what_its_page_says_is_found(tmp_path: Path) -> None:
    faults = follow("```console\n$ ringfence no-such-command\n```", tmp_path)
    assert len(faults) == 1
    assert "the page says 0" in faults[0]
    faults = follow("```console\n$ ringfence --help\nnobody prints this\n```", tmp_path)
    assert len(faults) == 1
    assert "the page shows 'nobody prints this'" in faults[0]


def test_a_file_given_by_a_page_is_written_and_a_folder_copied(tmp_path: Path) -> None:
    page = "```csv file=in/people.csv\nname\nAna\n```\n```console\n$ cp -r in out\n```"
    assert follow(page, tmp_path) == []
    assert (tmp_path / "out" / "people.csv").read_text() == "name\nAna\n"


def test_a_variable_a_page_sets_holds_from_there_on(tmp_path: Path) -> None:
    page = (
        "```console\n$ ringfence init here\n$ ringfence verify  # exit 6\n"
        "$ export RINGFENCE_STORE=here\n$ ringfence verify\n```"
    )
    assert follow(page, tmp_path) == []


def test_what_is_typed_runs_as_from_a_shell_in_its_folder(tmp_path: Path) -> None:
    before = Path.cwd()
    did = run("init", "here", folder=tmp_path)
    assert (did.code, did.text.splitlines()[0]) == (0, "已建立 / Made: here(3202,covid-19)")
    assert (tmp_path / "here" / "store.toml").is_file()
    assert Path.cwd() == before
