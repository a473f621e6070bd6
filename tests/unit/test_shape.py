"""Does the code keep the size and shape that one person can hold in mind?

Every limit is followed by a test that shows the checker a snippet that breaks it.
"""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("ringfence", "tests", "benchmarks", "docs")
SOURCES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))

FILE_LINES = 400
ACTION_LINES = 300  # actions are where a god module would grow
FUNCTION_LINES = 50
CLASS_LINES = 200
CLASS_METHODS = 15
PARAMETERS = 6
EVIDENT_LINES = 15  # a public function shorter than this may speak for itself
NO_NAMES = {"util", "utils", "helper", "helpers", "common", "misc"}

CONVERSIONS = {
    "SECONDS_PER_MINUTE": 60,
    "MINUTES_PER_HOUR": 60,
    "SECONDS_PER_HOUR": 3600,
    "HOURS_PER_DAY": 24,
    "MINUTES_PER_DAY": 1440,
    "SECONDS_PER_DAY": 86_400,
    "DAYS_PER_WEEK": 7,
    "MICROSECONDS_PER_SECOND": 1_000_000,
    "MICROSECONDS_PER_MINUTE": 60_000_000,
    "MICROSECONDS_PER_HOUR": 3_600_000_000,
    "MICROSECONDS_PER_DAY": 86_400_000_000,
    "PERCENT": 100,
    "DEGREES_PER_HALF_TURN": 180,
    "METRES_PER_EARTH_RADIUS": 6_371_008.8,
}
"""The only numbers the engine may know besides 0, 1 and 2: units into units, each a named constant.

Anything else is a rule, and rules are data in an edition.
"""
EVIDENT_NUMBERS = (0, 1, 2)  # nothing, the first or next, a pair or the second ring
_DATED = re.compile(r"\b(19|20)\d\d-\d\d(-\d\d)?\b|\bP(\d+[DW]|T\d+[HMS])")
_MEASURED = re.compile(r"\b\d+\s*(day|hour|minute|second|week|metre|meter|person|people)", re.IGNORECASE)
_MEASURED_ZH = re.compile(r"\d+\s*(天|日|小时|分钟|秒|米|人)")

Function = ast.FunctionDef | ast.AsyncFunctionDef
Fault = str
Checker = Callable[[str, ast.Module, str], Iterator[Fault]]


def _lines(node: ast.ClassDef | Function) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _functions(tree: ast.AST) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def _classes(tree: ast.AST) -> Iterator[ast.ClassDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef))


def _docstrings(tree: ast.AST) -> set[ast.AST]:
    """The strings that stand alone as statements: they tell the reader something, and nothing else."""
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def file_length(path: str, tree: ast.Module, source: str) -> Iterator[Fault]:
    limit = ACTION_LINES if path.startswith("ringfence/actions/") else FILE_LINES
    if (lines := len(source.splitlines())) > limit:
        yield f"{path}: {lines} lines, at most {limit}"


def function_length(path: str, tree: ast.Module, source: str) -> Iterator[Fault]:
    for node in _functions(tree):
        if _lines(node) > FUNCTION_LINES:
            yield f"{path}:{node.lineno}: {node.name} has {_lines(node)} lines, at most {FUNCTION_LINES}"


def class_size(path: str, tree: ast.Module, source: str) -> Iterator[Fault]:
    for node in _classes(tree):
        methods = sum(isinstance(child, Function) for child in node.body)
        if _lines(node) > CLASS_LINES or methods > CLASS_METHODS:
            yield (
                f"{path}:{node.lineno}: {node.name} has {_lines(node)} lines and {methods} methods, "
                f"at most {CLASS_LINES} and {CLASS_METHODS}"
            )


def _is_fixture(node: Function) -> bool:
    return any("fixture" in ast.unparse(decorator) for decorator in node.decorator_list)


def _is_command(path: str, node: Function) -> bool:
    return path == f"ringfence/commands/{node.name}.py"


def parameters(path: str, tree: ast.Module, source: str) -> Iterator[Fault]:
    in_class = {child for node in _classes(tree) for child in node.body}
    for node in _functions(tree):
        if path.startswith("tests/") and (node.name.startswith("test_") or _is_fixture(node)):
            continue  # pytest passes these by name
        if _is_command(path, node):
            continue  # each parameter is an option of the command line, passed by name
        names = node.args.posonlyargs + node.args.args + node.args.kwonlyargs
        if node in in_class and names and names[0].arg in ("self", "cls"):
            names = names[1:]
        if len(names) > PARAMETERS:
            yield f"{path}:{node.lineno}: {node.name} takes {len(names)} parameters, at most {PARAMETERS}"


def names(path: str, tree: ast.Module, source: str) -> Iterator[Fault]:
    parts = {part.removesuffix(".py").strip("_") for part in Path(path).parts}
    if bad := parts & NO_NAMES:
        yield f"{path}: {min(bad)} says nothing; put each thing beside its first caller"


def imports_at_the_top(path: str, tree: ast.Module, source: str) -> Iterator[Fault]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom) and node not in tree.body:
            yield f"{path}:{node.lineno}: an import below the top level hides a dependency"
        elif isinstance(node, ast.Name) and node.id == "TYPE_CHECKING":
            yield f"{path}:{node.lineno}: TYPE_CHECKING hides an import cycle"
        elif path.startswith("ringfence/") and isinstance(node, ast.Call):
            called = ast.unparse(node.func).split(".")[-1]
            if called in ("import_module", "__import__"):
                yield f"{path}:{node.lineno}: {called} hides a dependency"


def purpose(path: str, tree: ast.Module, source: str) -> Iterator[Fault]:
    """A module says what it answers; something public and long says what it gives."""
    if not path.startswith("ringfence/") or not tree.body:
        return
    if not ast.get_docstring(tree):
        yield f"{path}: the first line does not say what the module answers"
    for node in tree.body:
        if not isinstance(node, Function | ast.ClassDef) or node.name.startswith("_"):
            continue
        if _lines(node) > EVIDENT_LINES and not ast.get_docstring(node):
            yield f"{path}:{node.lineno}: {node.name} is public, {_lines(node)} lines long and unexplained"


def _conversion(node: ast.stmt) -> tuple[str, ast.expr] | None:
    """The name and value of a module-level constant that converts one unit into another."""
    if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
        return None
    name = node.targets[0].id.lstrip("_")
    return (name, node.value) if name in CONVERSIONS else None


def numbers_in_the_engine(path: str, tree: ast.Module, source: str) -> Iterator[Fault]:
    """No calendar date and no number with a unit in the engine: those are rules, and rules are data."""
    if not path.startswith("ringfence/engine/"):
        return
    excused = _docstrings(tree)
    for conversion in filter(None, map(_conversion, tree.body)):
        name, value = conversion
        excused.add(value)
        if ast.unparse(value) != str(CONVERSIONS[name]):
            yield f"{path}:{value.lineno}: {name} is {CONVERSIONS[name]}, not {ast.unparse(value)}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node not in excused and (fault := _rule_in_code(node.value)):
            yield f"{path}:{node.lineno}: {fault}"


def _rule_in_code(value: object) -> str | None:
    if isinstance(value, int | float) and not isinstance(value, bool) and value not in EVIDENT_NUMBERS:
        return f"{value} belongs in an edition, or in a constant named in CONVERSIONS"
    if isinstance(value, str) and any(p.search(value) for p in (_DATED, _MEASURED, _MEASURED_ZH)):
        return f"{value!r} holds a date or a number with a unit"
    return None


CHECKERS: tuple[Checker, ...] = (
    file_length, function_length, class_size, parameters, names, imports_at_the_top, purpose,
    numbers_in_the_engine,
)  # fmt: skip


def faults(path: str, source: str) -> list[Fault]:
    tree = ast.parse(source)
    return [fault for checker in CHECKERS for fault in checker(path, tree, source)]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_source_keeps_the_limits(path: Path) -> None:
    assert faults(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")) == []


MODULE = '"""What?"""\n'
BODY = "def f():\n    '''Why.'''\n" + "    x = 0\n" * 49
METHODS = "class A:\n" + "".join(f"    def m{n}(self):\n        return 0\n" for n in range(16))
BAD = {
    "file of 401 lines": ("tests/a.py", "x = 0\n" * 401, "401 lines"),
    "action file of 301 lines": ("ringfence/actions/a.py", MODULE + "x = 0\n" * 300, "at most 300"),
    "function of 51 lines": ("tests/a.py", BODY, "f has 51 lines"),
    "method of 51 lines": ("tests/a.py", "class A:\n " + BODY.replace("\n", "\n "), "f has 51 lines"),
    "class of 201 lines": ("tests/a.py", "class A:\n" + "    x = 0\n" * 200, "201 lines"),
    "sixteen methods": ("tests/a.py", METHODS, "16 methods"),
    "seven parameters": ("benchmarks/a.py", "def f(a, b, c, d, *, e, g, h): ...", "7 parameters"),
    "a helper of a command": ("ringfence/commands/f.py", "def _f(a, b, c, d, e, g, h): ...", "7 parameters"),
    "seven and self": ("tests/a.py", "class A:\n def f(self, a, b, c, d, e, g, h): ...", "7 parameters"),
    "empty name": ("ringfence/utils.py", MODULE, "says nothing"),
    "empty folder name": ("ringfence/common/a.py", MODULE, "says nothing"),
    "import in a function": ("tests/a.py", "def f():\n    import os", "hides a dependency"),
    "import under if": ("tests/a.py", "if 1:\n    from os import path", "hides a dependency"),
    "type checking": ("tests/a.py", "if TYPE_CHECKING:\n    import os", "hides an import cycle"),
    "import by name": ("ringfence/a.py", MODULE + "importlib.import_module('os')", "hides a dependency"),
    "module without a word": ("ringfence/a.py", "x = 0", "does not say"),
    "long and unexplained": ("ringfence/a.py", MODULE + "def f():\n" + " x = 0\n" * 15, "unexplained"),
    "days in the engine": ("ringfence/engine/a.py", MODULE + "x = timedelta(days=14)", "14 belongs"),
    "a float": ("ringfence/engine/a.py", MODULE + "x = 0.5", "0.5 belongs"),
    "wrong conversion": ("ringfence/engine/a.py", MODULE + "SECONDS_PER_HOUR = 3601", "is 3600, not 3601"),
    "date as text": ("ringfence/engine/a.py", MODULE + "x = '2022-03-31'", "holds a date"),
    "duration as text": ("ringfence/engine/a.py", MODULE + "x = 'P14D'", "holds a date"),
    "hours in an f-string": ("ringfence/engine/a.py", MODULE + "x = f'within 24 hours {y}'", "with a unit"),
    "hours in Chinese": ("ringfence/engine/a.py", MODULE + "x = '24小时内'", "with a unit"),
}  # fmt: skip


@pytest.mark.parametrize(("path", "source", "said"), BAD.values(), ids=BAD)
def test_a_breach_is_found(path: str, source: str, said: str) -> None:
    assert [fault for fault in faults(path, source) if said in fault]


GOOD = {
    "the longest function": ("tests/a.py", BODY.removesuffix("    x = 0\n")),
    "six parameters": ("ringfence/a.py", MODULE + "def f(a, b, c, *, d, e, g): ..."),
    "a command with many options": ("ringfence/commands/f.py", MODULE + "def f(a, b, c, d, e, g, h): ..."),
    "a test with many fixtures": ("tests/a.py", "def test_f(a, b, c, d, e, g, h): ..."),
    "a conversion": ("ringfence/engine/a.py", MODULE + "_MICROSECONDS_PER_DAY = 86400000000"),
    "evident numbers": ("ringfence/engine/a.py", MODULE + "x = (0, 1, -1, 2, True, None)"),
    "a number in a docstring": ("ringfence/engine/a.py", '"""Within 24 hours, since 2022-03-31."""'),
    "numbers elsewhere": ("ringfence/city/a.py", MODULE + "x = timedelta(days=14)"),
    "an empty module": ("ringfence/engine/__init__.py", ""),
}  # fmt: skip


@pytest.mark.parametrize(("path", "source"), GOOD.values(), ids=GOOD)
def test_what_keeps_the_limits_is_left_alone(path: str, source: str) -> None:
    assert faults(path, source) == []


def test_there_is_something_to_check() -> None:
    assert ROOT / "ringfence" / "areas.py" in SOURCES
    assert Path(__file__) in SOURCES
