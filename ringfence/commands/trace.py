"""`ringfence trace`: whom did a case meet, and who met them?"""

import typer

from ringfence.commands.at import who_was_at
from ringfence.commands.clusters import find_clusters
from ringfence.commands.companions import find_companions
from ringfence.commands.contacts import contacts
from ringfence.commands.sources import find_sources

trace = typer.Typer(
    name="trace", help="追踪:接触者、圈层 / Tracing: everyone a case met, ring by ring.",
    no_args_is_help=True,
)  # fmt: skip
for command in (contacts,):
    trace.command()(command)
trace.command("sources")(find_sources)
trace.command("clusters")(find_clusters)
trace.command("at")(who_was_at)
trace.command("companions")(find_companions)
