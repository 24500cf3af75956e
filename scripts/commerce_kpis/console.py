"""What every command says to its user: one line per error, no traceback, plain when piped."""

from __future__ import annotations

import signal
import sys
import traceback

import click
from rich.console import Console

from commerce_kpis.project import PROJECT

WIDTH_WHEN_PIPED = 100


class UserError(Exception):
    """Something a user can mend: the message says what is wrong, where, and what to do."""


def make_console(stderr: bool = False) -> Console:
    """A console that is 100 columns wide and colourless when nobody looks at it."""
    stream = sys.stderr if stderr else sys.stdout
    return Console(
        stderr=stderr,
        highlight=False,
        emoji=False,
        soft_wrap=not stream.isatty(),
        width=None if stream.isatty() else WIDTH_WHEN_PIPED,
    )


def speaks_unicode() -> bool:
    """Whether the output can show more than ASCII."""
    return "utf" in (sys.stdout.encoding or "").lower()


def run_command(command: click.Command, name: str) -> None:
    """Run a click command; whatever happens, the user reads a line and not a traceback.

    Args:
        command: the command.
        name: what its users call it, such as `scripts/build`.
    """
    console = make_console(stderr=True)
    # A killed command cleans up after itself as an interrupted one does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        command.main(prog_name=name, standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except UserError as error:
        console.print(f"[bold red]Error:[/] {_escape(str(error))}")
        sys.exit(1)
    except (KeyboardInterrupt, click.Abort):
        console.print("Interrupted.")
        sys.exit(130)
    except BrokenPipeError:
        # The reader of a pipe (head, less) went away: that is no error.
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:
        message = " ".join(str(error).split())
        console.print(
            f"[bold red]Error:[/] {_escape(type(error).__name__)}: {_escape(message)} "
            f"(this is a defect of the command; {_escape(_kept_traceback())})"
        )
        sys.exit(1)


def _kept_traceback() -> str:
    """Where the traceback of the current exception was written."""
    log = PROJECT / "logs" / "error.log"
    try:
        log.parent.mkdir(exist_ok=True)
        log.write_text(traceback.format_exc(), encoding="utf-8")
    except OSError as error:
        return f"details could not be written to {log}: {error.strerror}"
    return f"details in {log}"


def _escape(text: str) -> str:
    return text.replace("[", "\\[")
