"""The command line, a file a verb."""

import typer

from ringfence.commands.check import check
from ringfence.commands.city import city
from ringfence.commands.coverage import coverage
from ringfence.commands.decide import decide
from ringfence.commands.demo import demo
from ringfence.commands.device import device
from ringfence.commands.draw import draw
from ringfence.commands.explain import explain
from ringfence.commands.forget import forget
from ringfence.commands.init import init
from ringfence.commands.labels import labels
from ringfence.commands.load import load
from ringfence.commands.protocol import protocol
from ringfence.commands.report import report
from ringfence.commands.round import round_
from ringfence.commands.serve import serve
from ringfence.commands.tasks import tasks
from ringfence.commands.trace import trace
from ringfence.commands.verify import verify

app = typer.Typer(
    name="ringfence",
    help="从一管阳性到每一扇门 / From one positive tube to every door.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
_COMMANDS = (
    init, load, decide, tasks, explain, coverage, labels, draw, report, forget, verify, check, city, demo,
    serve,
)  # fmt: skip
for command in _COMMANDS:
    app.command()(command)
for group in (protocol, trace, round_, device):
    app.add_typer(group)
