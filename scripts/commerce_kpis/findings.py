"""What the checks of files find, and how they say it: one line each, a count, an exit code."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from commerce_kpis.console import UserError
from commerce_kpis.project import PROJECT


@dataclass(frozen=True)
class Finding:
    """Something in a file that would be ignored, misread, or understood by one engine only."""

    line: int
    key: str
    message: str


def report_findings(
    files: Sequence[Path], check: Callable[[Path], Sequence[Finding]], kind: str
) -> None:
    """Print the findings of some files; with any, the command ends with exit code 1.

    Args:
        files: absolute paths.
        check: the findings of one file.
        kind: what the files hold, such as `YAML`.
    """
    count = 0
    for file in files:
        for finding in check(file):
            count += 1
            shown = file.relative_to(PROJECT) if file.is_relative_to(PROJECT) else file
            click.echo(f"{shown}:{finding.line}: {finding.message}")
    if count:
        click.echo(f"{count} findings in {len(files)} files.", err=True)
        sys.exit(1)
    click.echo(f"{len(files)} {kind} files, no findings.")


def text_of(file: Path) -> str:
    """The text of a file to check.

    Raises:
        UserError: the file cannot be read.
    """
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{file} cannot be read: {error}") from None
