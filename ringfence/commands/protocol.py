"""`ringfence protocol`: which rules are in force, what would others do, and who switches to them?"""

import typer

from ringfence.commands.adopt import adopt
from ringfence.commands.diff import diff
from ringfence.commands.show import show
from ringfence.commands.withdraw import withdraw

protocol = typer.Typer(
    name="protocol", help="规则:现行、比较、启用、撤销 / The rules: in force, compared, switched.",
    no_args_is_help=True,
)  # fmt: skip
for command in (show, diff, adopt, withdraw):
    protocol.command()(command)
