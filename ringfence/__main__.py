"""The command line's entry: errors become messages and exit codes, never tracebacks."""

import sys

import typer
from rich.console import Console
from rich.text import Text

from ringfence.commands import app
from ringfence.errors import RingfenceError


def main() -> None:
    """Run a command."""
    try:
        app()
    except RingfenceError as error:
        said = Text(f"错误 / Error: {error}", style="red")
        Console(stderr=True).print(said, soft_wrap=True, highlight=False)
        sys.exit(error.exit_code)
    except typer.Abort:
        sys.exit(130)


if __name__ == "__main__":
    main()
