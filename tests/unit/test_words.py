"""Is what is kept with the code clean of machines and people, and are its words the glossary's?"""

import ast
import importlib
import pkgutil
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

import ringfence.tables
from ringfence import errors
from ringfence.tables import Column, Table

ROOT = Path(__file__).parents[2]
UNKEPT = {".git", ".venv", "__pycache__", ".pytest_cache", ".ruff_cache", ".hypothesis", "ringfence-data"}
LICENCES = re.compile(r"(^|/)(LICEN[CS]E|NOTICE|COPYING)[^/]*$|(^|/)licen[cs]es/", re.IGNORECASE)


def kept_files() -> list[Path]:
    """What git keeps or is about to; everything but caches where this is no git checkout."""
    found = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, check=False,
    )  # fmt: skip
    names = [name for name in found.stdout.decode().split("\0") if name]
    if (ROOT / ".git").exists() and names:
        return sorted({ROOT / name for name in names if (ROOT / name).is_file()})
    return sorted(p for p in ROOT.rglob("*") if p.is_file() and not UNKEPT & set(p.relative_to(ROOT).parts))


def text_of(path: Path) -> str:
    """The text of a file; nothing where it is not UTF-8 text."""
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return ""


# Written in two halves, so that this file does not hold what it looks for.
_MACHINE = re.compile(r"(?<![\w.$}~-])/(work|root|home/[a-z]\w*|tmp/w)/")
_HOSTS = ("pypi" + ".org", "pythonhosted" + ".org", "npmjs" + ".org", "deb.debian" + ".org", "crates" + ".io")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
_MOBILE = re.compile(r"(?<![\w.])1[3-9]\d{9}(?![\w.])")
_ID = re.compile(r"(?<![0-9A-Za-z.])\d{17}[\dXx](?![0-9A-Za-z])")
_PROVINCES = frozenset(
    (
        *range(11, 16),
        *range(21, 24),
        *range(31, 38),
        *range(41, 47),
        *range(50, 55),
        *range(61, 66),
        71,
        81,
        82,
        83,
    )
)


def could_be_a_mobile(number: str) -> bool:
    """Whether it could be dialled; 0000 after the third digit marks an invented one."""
    return number[3:7] != "0000"


def could_be_an_id(number: str) -> bool:
    """Whether a citizen could hold this number; order 000 is never issued, so it marks an invented one."""
    weights = [pow(2, 17 - i, 11) for i in range(17)]
    check = "10X98765432"[sum(w * int(d) for w, d in zip(weights, number, strict=False)) % 11]
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    return int(number[:2]) in _PROVINCES and number[14:17] != "000" and number[17].upper() == check


def blemishes(name: str, text: str) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), 1):
        at = f"{name}:{number}"
        if found := _MACHINE.search(line):
            yield f"{at}: {found[0]} is a path of one machine"
        if host := next((host for host in _HOSTS if host in line), None):
            yield f"{at}: names the package registry {host}"
        if not LICENCES.search(name) and (found := _EMAIL.search(line)):
            yield f"{at}: {found[0]} is an e-mail address"
        if any(could_be_a_mobile(mobile) for mobile in _MOBILE.findall(line)):
            yield f"{at}: holds what could be somebody's telephone; write 0000 after its third digit"
        if any(could_be_an_id(identity) for identity in _ID.findall(line)):
            yield f"{at}: holds what could be somebody's ID number; give it the order 000"


def test_nothing_kept_names_a_machine_a_registry_or_a_person() -> None:
    files = kept_files()
    assert Path(__file__) in files
    found = [b for path in files for b in blemishes(path.relative_to(ROOT).as_posix(), text_of(path))]
    assert found == []


def check_digit(seventeen: str) -> str:
    """GB 11643 by its definition, apart from the code above: the whole number is 1 modulo 11."""
    total = sum(int(digit) * 2 ** (17 - i) for i, digit in enumerate(seventeen))
    return next(c for c in "0123456789X" if (total + (10 if c == "X" else int(c))) % 11 == 1)


BORN = "19900229"  # no such day: these seventeen digits are nobody's
SOMEBODY = "320206" + "19900228" + "998"
NOBODY = "320206" + "19900228" + "000"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("open('/wo" + "rk/data')", "path of one machine"),
        ("cd /ro" + "ot/x", "path of one machine"),
        ("/ho" + "me/ana/x", "path of one machine"),
        ("--index https://" + _HOSTS[0] + "/simple", "registry"),
        ("ana" + "@" + "example.org", "e-mail"),
        ("call 1" + "38" + "12345678", "telephone"),
        (SOMEBODY + check_digit(SOMEBODY), "ID number"),
    ],
)
def test_a_blemish_is_found(line: str, said: str) -> None:
    assert [blemish for blemish in blemishes("a.md", line) if said in blemish]


@pytest.mark.parametrize(
    "line",
    [
        "see docs/work/notes and https://example.org/home/page",
        "@pytest.fixture",
        "postgresql://user:word@localhost/ringfence",
        "13800001234 is invented; 164868480000000 is an instant",
        NOBODY + check_digit(NOBODY),
        "320206" + BORN + "001" + check_digit("320206" + BORN + "001"),
        "sha256:" + "1" * 64,
    ],
)
def test_what_is_no_blemish_is_left_alone(line: str) -> None:
    assert list(blemishes("a.md", line)) == []


def _locked(name: str) -> dict[str, str]:
    text = (ROOT / name).read_text(encoding="utf-8")
    return {line.split("==")[0]: line for line in text.splitlines() if "==" in line}


def _name(requirement: str) -> str:
    return re.split(r"[\[<>=!~; ]", requirement)[0].lower().replace("_", "-")


def test_the_locks_pin_all_that_is_asked_for_and_say_nowhere_where_from() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    runtime = {*project["project"]["dependencies"], *project["dependency-groups"]["build"]}
    dev = runtime.union(*project["project"]["optional-dependencies"].values())
    for name, asked in (("requirements.lock", runtime), ("requirements-dev.lock", dev)):
        assert {_name(requirement) for requirement in asked} - set(_locked(name)) == set()
        kept = (ROOT / name).read_text(encoding="utf-8")
        assert not re.search(r"://|file:|@ |--(index|extra|find)|\s/", kept)
        pins, hashes = len(re.findall(r"^\S+==", kept, re.MULTILINE)), kept.count("--hash=sha256:")
        assert hashes >= pins > len(asked) - 1
    assert _locked("requirements.lock").items() <= _locked("requirements-dev.lock").items()


def tables() -> Iterator[tuple[str, str, Table]]:
    """Every table declared, with its module and the name of its constant."""
    for module in pkgutil.iter_modules(ringfence.tables.__path__):
        declared = vars(importlib.import_module(f"ringfence.tables.{module.name}"))
        yield from (
            (module.name, name, table) for name, table in declared.items() if isinstance(table, Table)
        )


TABLES = [pytest.param(table, id=f"{module}.{name}") for module, name, table in tables()]
COLUMNS = [
    pytest.param(column, id=f"{module}.{name}.{column.name}")
    for module, name, table in tables()
    for column in table.columns
]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
SENTENCE = re.compile(r"[A-Z0-9][^\n]*[A-Za-z0-9)][^\n]*\.")


@pytest.mark.parametrize("column", COLUMNS)
def test_a_column_says_what_it_means_in_both_languages(column: Column) -> None:
    assert CHINESE.search(column.zh), "no Chinese"
    assert SENTENCE.fullmatch(column.en), "no English sentence"
    assert len(set(column.choices)) == len(column.choices), "a choice twice"
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*|[A-Z?]", choice) for choice in column.choices)
    assert not column.choices or column.type == "choice"


@pytest.mark.parametrize("table", TABLES)
def test_a_table_can_be_read_in_both_languages(table: Table) -> None:
    assert CHINESE.search(table.zh), "no Chinese"
    assert SENTENCE.fullmatch(table.en), "no English sentence"
    assert table.key, "no natural key"
    twice = [name for name, n in Counter(c.name for c in table.columns).items() if n > 1]
    assert twice == []
    headings = [*(c.zh for c in table.columns), *table.aliases]
    assert [heading for heading, n in Counter(headings).items() if n > 1] == []
    assert set(table.aliases.values()) <= {c.name for c in table.columns}


@pytest.mark.parametrize("table", TABLES)
def test_a_personal_column_is_never_part_of_a_key_nor_stored(table: Table) -> None:
    personal = {c.name for c in table.columns if c.personal}
    assert not personal & set(table.key)
    assert not personal & set(table.schema.names)


GLOSSARY_ROW = re.compile(r"\| \*\*(?P<word>[^*]+)\*\* \| (?P<zh>[^|]+) \| (?P<meaning>[^|]+) \|")


def glossary() -> list[tuple[str, str, str]]:
    text = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8")
    return [(m["word"], m["zh"].strip(), m["meaning"].strip()) for m in GLOSSARY_ROW.finditer(text)]


def test_the_glossary_defines_each_word_once_in_order_and_in_both_languages() -> None:
    words = [word for word, _, _ in glossary()]
    assert len(words) > 40
    assert words == sorted(set(words), key=str.casefold)
    for word, zh, meaning in glossary():
        assert CHINESE.search(zh), word
        assert re.fullmatch(r"[A-Z][^\n]*\.", meaning), word
        assert ". " not in meaning.replace("e.g. ", ""), f"{word}: more than one sentence"


@pytest.mark.parametrize("table", TABLES)
def test_a_table_is_named_by_a_word_of_the_glossary(table: Table) -> None:
    words = {word for word, _, _ in glossary()}
    name = table.name.replace("_", " ")
    assert name in words or name.removesuffix("s") in words


def test_exit_codes_are_told_apart() -> None:
    classes = [c for c in vars(errors).values() if isinstance(c, type) and issubclass(c, Exception)]
    codes = [c.exit_code for c in classes if issubclass(c, errors.RingfenceError)]
    assert len(codes) == len(set(codes)) == len(classes)
    assert 0 not in codes
    assert 2 not in codes  # the shell's word for a wrong command line


def test_importing_the_tables_does_nothing_else() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import ringfence, ringfence.tables.facts"],
        capture_output=True, check=True, cwd=ROOT,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == (b"", b"")
    assert ast.get_docstring(ast.parse((ROOT / "ringfence/__init__.py").read_text(encoding="utf-8")))
