"""A line of a few periods, as small as a word: an image of its own, that needs nothing else."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape

from commerce_kpis.display.formatting import is_number
from commerce_kpis.display.palette import BLUE, PAPER

WIDTH, HEIGHT, MARGIN = 220.0, 44.0, 4.0


def sparkline(values: Sequence[float | None], label: str, is_last_open: bool = False) -> str:
    """Values in the order of time; a gap where there is none, a hollow end if it is still open.

    An image, because what cleans the HTML of a page lets images through, and no SVG.

    Args:
        values: what to draw.
        label: what a screen reader says instead.
        is_last_open: whether the last period is incomplete.
    """
    if not any(is_number(value) for value in values):
        return ""
    drawn = base64.b64encode(_svg(values, is_last_open).encode()).decode()
    source = f"data:image/svg+xml;base64,{drawn}"
    return f'<img class="spark" src="{source}" alt="{escape(label)}">'


def _svg(values: Sequence[float | None], is_last_open: bool) -> str:
    known = [float(value) for value in values if is_number(value)]
    low, high = min(known), max(known)
    points = [_point(index, len(values), value, low, high) for index, value in enumerate(values)]
    known_points = " ".join(f"{point[0]:.1f},{point[1]:.1f}" for point in points if point)
    bridge = (
        f'<polyline points="{known_points}" fill="none" stroke="{BLUE}" stroke-width="1" '
        'stroke-dasharray="1 3" opacity="0.6"/>'
    )
    lines = "".join(_line(run) for run in _runs(points))
    x, y = next(point for point in reversed(points) if point)
    fill = PAPER if is_last_open else BLUE
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" '
        f'width="{WIDTH:g}" height="{HEIGHT:g}" preserveAspectRatio="none">{bridge}{lines}'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{fill}" stroke="{BLUE}" '
        'stroke-width="1.5"/></svg>'
    )


def _line(run: list[tuple[float, float]]) -> str:
    """Neighbours as a line; one alone as a dot."""
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in run)
    width = 2 if len(set(run)) > 1 else 4
    return (
        f'<polyline points="{points}" fill="none" stroke="{BLUE}" stroke-width="{width}" '
        'stroke-linejoin="round" stroke-linecap="round"/>'
    )


def _point(
    index: int, count: int, value: float | None, low: float, high: float
) -> tuple[float, float] | None:
    if not is_number(value):
        return None
    x = MARGIN + (WIDTH - 2 * MARGIN) * (index / (count - 1) if count > 1 else 1)
    share = (float(value) - low) / (high - low) if high > low else 0.5
    return x, HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * share


def _runs(points: list[tuple[float, float] | None]) -> list[list[tuple[float, float]]]:
    """Points that follow each other without a gap; one alone is doubled, so that it is seen."""
    runs: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point:
            runs[-1].append(point)
        elif runs[-1]:
            runs.append([])
    return [run * 2 if len(run) == 1 else run for run in runs if run]
