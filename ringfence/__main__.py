"""The command line's entry: errors become messages and exit codes, never tracebacks."""

import sys

import typer
from rich.console import Console

from ringfence.commands import app
from ringfence.errors import RingfenceError


def main() -> None:
    """Run a command."""
    try:
        app()
    except RingfenceError as error:
        Console(stderr=True).print(f"错误 / Error: {error}", style="red", soft_wrap=True, markup=False, highlight=False)
        sys.exit(error.exit_code)
    except typer.Abort:
        sys.exit(130)


if __name__ == "__main__":
    main()
