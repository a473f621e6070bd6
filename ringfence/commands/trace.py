"""`ringfence trace`: whom did a case meet, and who met them?"""

import typer

from ringfence.commands.at import at
from ringfence.commands.clusters import clusters
from ringfence.commands.companions import companions
from ringfence.commands.contacts import contacts
from ringfence.commands.sources import sources

trace = typer.Typer(
    name="trace", help="追踪:接触者、圈层 / Tracing: everyone a case met, ring by ring.",
    no_args_is_help=True,
)  # fmt: skip
for command in (contacts, sources, clusters, at, companions):
    trace.command()(command)
