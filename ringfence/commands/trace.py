"""`ringfence trace`: whom did a case meet, and who met them?"""

import typer

from ringfence.commands.contacts import contacts

trace = typer.Typer(
    name="trace", help="追踪:接触者、圈层 / Tracing: everyone a case met, ring by ring.",
    no_args_is_help=True,
)  # fmt: skip
for command in (contacts,):
    trace.command()(command)
