"""How scripts/explain writes periods, numbers and labels."""

from __future__ import annotations

import textwrap
from datetime import date, timedelta
from decimal import Decimal

from rich.console import Console
from rich.markup import escape

LABEL = 13
WIDTH = 100
UNITS = {
    "score": " points",
    "days": " days",
    "hours": " hours",
    "years": " years",
    "months": " months",
}


def period_name(grain: str, start: date, end: date) -> str:
    """A period for people."""
    if grain == "month":
        return f"{start:%B %Y}"
    if grain == "quarter":
        return f"{start.year} Q{(start.month + 2) // 3}"
    if grain == "year":
        return f"the year from {start}" if start.month > 1 else str(start.year)
    if grain == "week":
        return f"the week from {start}"
    if grain == "day":
        return str(start)
    return f"the twelve months to {end - timedelta(days=1):%B %Y}"


def number(value: float | Decimal | None, unit: str | None = None) -> str:
    """A number in full, to at most four places, a fraction in percent too."""
    if value is None:
        return "-"
    if unit == "fraction":
        return f"{float(value) * 100:.4f}".rstrip("0").rstrip(".") + " %"
    shown = f"{value:,.4f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def heading(console: Console, text: str) -> None:
    console.print(f"\n[bold cyan]{text.upper()}[/]")


def field(console: Console, label: str, text: str | None) -> None:
    """A label and its text, wrapped beside it."""
    if text:
        lines = textwrap.wrap(" ".join(str(text).split()), WIDTH - LABEL) or [""]
        for index, line in enumerate(lines):
            console.print(f"  {label if index == 0 else '':<{LABEL - 2}}{escape(line)}")


def added(amount: float | Decimal | None, unit: str) -> str:
    """What something adds, with its sign: fractions in percentage points."""
    if amount is None:
        return ""
    if abs(amount) < 5e-13:
        return "0"
    shown = number(amount * 100 if unit == "fraction" else amount)
    return f"{'+' if amount > 0 else ''}{shown}{' pp' if unit == 'fraction' else ''}"
