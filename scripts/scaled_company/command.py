"""`scripts/generate_data` with --scale or --days."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click
import duckdb

from .base import write_base
from .day_clock import Day
from .days import Days
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
        written = write_base(out, Size.of_scale(scale), seed)
        replace(state, is_whole=True).write(out)
        click.echo(f"scale {scale:g}: {written} in {out}")
    if days:
        append_days(out, days)


def append_days(out: Path, days: int) -> None:
    """Append days to a folder that was generated before."""
    state = State.read(out)
    with duckdb.connect() as connection:
        writer = Days(connection, out, Size.of_scale(state.scale), state.seed)
        for number in range(state.days + 1, state.days + days + 1):
            day = Day(number)
            written = writer.write(day)
            state = replace(state, days=number)
            state.write(out)
            click.echo(f"{day.date}: {written}")
