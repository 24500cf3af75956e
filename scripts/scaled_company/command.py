"""`scripts/generate_data` with --scale or --days."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from .base import write_base
from .folder import State, empty_folder
from .size import Size


def generate(out: Path, scale: float | None, days: int, seed: int) -> None:
    """Write the tables at a scale, if one is given; then append days.

    Raises:
        click.ClickException: the folder is not one that this command may write to.
    """
    if scale is not None:
        empty_folder(out)
        state = State(seed, scale)
        state.write(out)
        rows, size = write_base(out, Size.of_scale(scale), seed)
        replace(state, is_whole=True).write(out)
        click.echo(f"scale {scale:g}: {rows:,} rows, {size / 1e6:.2f} MB in {out}")
    if days:
        raise click.ClickException("--days cannot append yet.")
