"""Which commands are there, with which options, and what does each look like in use?"""

import inspect
from collections.abc import Iterator

import click
import typer

from docs.layout import PROSE, WRITTEN, grid, prose
from ringfence.commands import app

HEADS = ("option", "default", "meaning")


def commands() -> dict[str, click.Command]:
    """Every command of the command line, by name, in its order; those of a group by both names."""
    found: dict[str, click.Command] = {}
    for name, command in _under(typer.main.get_command(app)).items():
        below = _under(command)
        found |= {f"{name} {one}": what for one, what in below.items()} or {name: command}
    return found


def _under(group: click.Command) -> dict[str, click.Command]:
    """The commands of a group; none of a command. Typer's group is click's, by another class."""
    return dict(getattr(group, "commands", {}))


def options(command: click.Command) -> Iterator[tuple[str, str, str]]:
    """Its arguments and options: how they are written, their default, what they mean."""
    for one in command.params:
        told = getattr(one, "help", "") or ""
        if one.param_type_name == "argument":
            yield f"`{(one.name or '').upper()}`" + (" …" if one.nargs == -1 else ""), "required", told
        else:
            spelled = ", ".join(f"`{name}`" for name in one.opts)
            by = f" (`{one.envvar}`)" if one.envvar else ""
            yield spelled, _default(one) + by, told


def _default(one: click.Parameter) -> str:
    if one.default in (None, "", False):
        return ""
    return f"`{one.default}`"


def example(name: str) -> str:
    """A command in use: a block that the tests run, or says why not; nothing where there is none."""
    file = f"example-{name.replace(' ', '-')}"
    return prose(file).rstrip() if (PROSE / f"{file}.txt").is_file() else ""


def commands_page() -> str:
    """docs/reference/commands.md."""
    lines = [WRITTEN, prose("commands")]
    for name, command in commands().items():
        lines += [f"## {name}\n", inspect.cleandoc(command.help or "") + "\n"]
        lines += [*grid(HEADS, options(command)), ""]
        lines += [example(name), ""]
    return "\n".join([*lines, prose("environment")])


def pages() -> dict[str, str]:
    """The page of this module, by file name."""
    return {"commands.md": commands_page()}
