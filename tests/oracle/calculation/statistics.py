"""Intervals at 95 %."""

from __future__ import annotations

from collections.abc import Iterable
from math import sqrt
from statistics import NormalDist

Z = NormalDist().inv_cdf(0.975)
Interval = tuple[float | None, float | None]
NO_INTERVAL: Interval = (None, None)


def wilson(successes: float, n: float) -> Interval:
    """Wilson's interval of a proportion."""
    if not n:
        return NO_INTERVAL
    n, share = float(n), float(successes) / float(n)
    middle = share + Z * Z / (2 * n)
    half = Z * sqrt(share * (1 - share) / n + Z * Z / (4 * n * n)) if 0 <= share <= 1 else None
    if half is None:
        return NO_INTERVAL
    scale = 1 + Z * Z / n
    return (max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale))


def delta(
    clusters: Iterable[tuple[float, float]], totals: tuple[float, float] | None = None
) -> Interval:
    """The interval of sum over sum, whose parts come in clusters of (numerator, denominator).

    totals: the sums as they are shown, where they are rounded.
    """
    pairs = [(float(above), float(below)) for above, below in clusters]
    sums = totals or (sum(pair[0] for pair in pairs), sum(pair[1] for pair in pairs))
    numerator, denominator = map(float, sums)
    count = len(pairs)
    if count < 2 or not denominator:
        return NO_INTERVAL
    ratio = numerator / denominator
    squares = sum((above - ratio * below) ** 2 for above, below in pairs)
    half = Z * sqrt(count / (count - 1) * squares) / denominator
    return (ratio - half, ratio + half)


def quantile(values: Iterable, share: float):
    """The interpolated quantile, or None of nothing."""
    ordered = sorted(values)
    if not ordered:
        return None
    place = (len(ordered) - 1) * share
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    low, high = float(ordered[below]), float(ordered[above])
    return low + (high - low) * (place - below)
