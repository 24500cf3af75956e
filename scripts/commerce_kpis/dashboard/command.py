"""scripts/dashboard: shows a published file in the browser, and follows each new publish."""

from __future__ import annotations

import importlib.util
import os
import socket
import sys
from pathlib import Path

import click

from commerce_kpis.console import UserError, make_console, run_command
from commerce_kpis.display.formatting import checked_locale
from commerce_kpis.display.palette import BLUE, INK, PAPER, SOFT
from commerce_kpis.display.published import check_published
from commerce_kpis.project import PUBLISHED_FILE

APP = Path(__file__).with_name("app.py")
# No word to anybody outside, no watching of source files, no traceback in the page.
SETTINGS = {
    "browser.gatherUsageStats": "false",
    "client.showErrorDetails": "none",
    "client.showErrorLinks": "false",
    "client.toolbarMode": "minimal",
    "global.developmentMode": "false",
    "logger.hideWelcomeMessage": "true",
    "logger.level": "warning",
    "runner.magicEnabled": "false",
    "server.fileWatcherType": "none",
    "server.headless": "true",
    "server.showEmailPrompt": "false",
    "theme.base": "light",
    "theme.backgroundColor": PAPER,
    "theme.linkColor": "#00568a",
    "theme.primaryColor": BLUE,
    "theme.secondaryBackgroundColor": SOFT,
    "theme.textColor": INK,
}


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--file", type=Path, default=PUBLISHED_FILE, help="Published file to show.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=8501, show_default=True)
@click.option("--locale", help="How numbers are written, such as de. Default: as the browser.")
def main(file: Path, host: str, port: int, locale: str | None) -> None:
    """Show a published file in the browser: read-only, from this machine alone.

    A new publish is shown without a restart.
    """
    if importlib.util.find_spec("streamlit") is None:
        raise UserError(
            "The dashboard needs Python 3.11 or newer: remove .venv, and start it with "
            "PYTHON=/path/to/python3.12. scripts/report runs on this one."
        )
    file = file.resolve()
    check_published(file)
    _check_port(host, port)
    locale = checked_locale(locale) if locale else ""
    make_console().print(f"{file.name} at {_url(host, port)} (Ctrl+C ends it)")
    sys.stdout.flush()
    settings = {**SETTINGS, "server.address": host, "server.port": str(port)}
    options = [f"--{name}={value}" for name, value in settings.items()]
    arguments = ["run", str(APP), *options, "--", str(file), locale]
    os.execv(sys.executable, [sys.executable, "-m", "streamlit", *arguments])


def _check_port(host: str, port: int) -> None:
    """Nothing, if one can listen there.

    Raises:
        UserError: somebody else does, or there is no such address.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family, kind, protocol) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
    except OSError as error:
        raise UserError(
            f"Cannot listen on {host}:{port} ({error.strerror}): name another --port or --host."
        ) from None


def _url(host: str, port: int) -> str:
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


if __name__ == "__main__":
    run_command(main, "scripts/dashboard")
