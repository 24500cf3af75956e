"""What plans say of a cell: its targets, its forecast, and what moved it. A section each.

Reads kpi_budget_vs_actual, kpi_forecast and kpi_drivers of a published file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb
from rich.console import Console
from rich.markup import escape

from commerce_kpis.explain_text import added, field, heading, number
from commerce_kpis.sql import rows_of

if TYPE_CHECKING:
    from commerce_kpis.evidence import Cell

MEMBERS_SHOWN = 3
MONTHS_SHOWN = 3
COMPARISONS = {"previous": "since the period before", "year_ago": "since a year ago"}


@dataclass(frozen=True)
class Plans:
    """Rows of the three tables; forecasts are the published ones of the cell's month, or of the
    next months."""

    targets: list[dict]
    forecasts: list[dict]
    drivers: list[dict]


def plans_of(connection: duckdb.DuckDBPyConnection, cell: Cell, variant: str) -> Plans:
    """The plans for a variant in a cell.

    Args:
        connection: the published file is in use.
    """
    key = {**vars(cell), "variant": variant}
    series = {name: value for name, value in key.items() if name != "period_start"}
    forecasts = [
        row
        for row in rows_of(connection, "kpi.kpi_forecast", {**series, "is_published": True})
        if row["period_start"] >= cell.period_start
    ]
    forecasts.sort(key=lambda row: row["period_start"])
    if any(row["period_start"] == cell.period_start for row in forecasts):
        forecasts = forecasts[:1]
    drivers = []
    if cell.dimension == "total":
        of_total = {
            name: value
            for name, value in key.items()
            if name not in ("dimension", "dimension_value")
        }
        drivers = rows_of(connection, "kpi.kpi_drivers", of_total)
    return Plans(
        targets=sorted(
            rows_of(connection, "kpi.kpi_budget_vs_actual", key),
            key=lambda row: (not row["is_current_version"], row["target_version"]),
        ),
        forecasts=forecasts[:MONTHS_SHOWN],
        drivers=drivers,
    )


def print_plans(console: Console, plans: Plans, unit: str) -> None:
    """Print target and forecast, and what moved the value."""
    heading(console, "Target and forecast")
    for row in plans.targets:
        field(console, "target", _target(row, unit))
    for row in plans.forecasts:
        field(console, "forecast", _forecast(row, unit))
    if not plans.targets and not plans.forecasts:
        console.print("  none")
    heading(console, "What moved it")
    for comparison, words in COMPARISONS.items():
        rows = [row for row in plans.drivers if row["comparison"] == comparison]
        if rows:
            _print_drivers(console, words, rows, unit)
    if not plans.drivers:
        console.print(
            "  nothing: it did not change, or is not split (totals by month, quarter and year are, "
            "of what adds up over members)"
        )


def _target(row: dict, unit: str) -> str:
    """A target of the cell, and what became of it."""
    if row["match_status"] == "actual_without_target":
        return f"none in {row['target_version']}"
    name = row["target_version"] + (" (current)" if row["is_current_version"] else "")
    told = [f"{name}: {number(row['target_value'], unit)}"]
    if row["attainment"] is not None:
        told.append(f"attained {number(round(row['attainment'], 4), 'fraction')}")
    if row["variance"] is not None:
        told.append(f"off by {added(row['variance'], unit) or '0'}")
    if row["is_favourable"] is not None:
        told.append("favourable" if row["is_favourable"] else "unfavourable")
    if not row["is_complete_period"] and row["target_to_date"] is not None:
        pace = {True: ", on pace", False: ", behind", None: ""}[row["is_on_pace"]]
        told.append(f"due by now {number(row['target_to_date'], unit)}{pace}")
    if row["forecast_to_close"] is not None:
        told.append(f"expected at the end {number(row['forecast_to_close'], unit)}")
    return ", ".join(told) + (f" ({row['match_note']})" if row["match_note"] else "")


def _forecast(row: dict, unit: str) -> str:
    """The published forecast of a month."""
    if row["forecast_value"] is None:
        return f"{row['period_start']:%B %Y}: {row['note']}"
    interval = ""
    if row["low_80"] is not None:
        interval = f", 80 % {number(row['low_80'], unit)} to {number(row['high_80'], unit)}"
    return (
        f"{row['period_start']:%B %Y}: {number(row['forecast_value'], unit)}{interval}, by "
        f"{row['method']} with what was known of {row['trained_until']:%B %Y}"
    )


def _print_drivers(console: Console, words: str, rows: list[dict], unit: str) -> None:
    """A line for each dimension: who brought most to the change."""
    change = rows[0]["change"]
    if change is None:
        console.print(f"  {words}: not estimable")
        return
    console.print(f"  {words}: [bold]{added(change, unit)}[/] [dim]{rows[0]['driver_status']}[/]")
    for dimension in sorted(
        {row["dimension"] for row in rows}, key=lambda name: (name != "total", name)
    ):
        found = sorted(
            (row for row in rows if row["dimension"] == dimension),
            key=lambda row: (-abs(row["contribution"]), row["dimension_value"], row["effect"]),
        )
        told = [
            f"{'' if dimension == 'total' else row['dimension_value'] + ' '}"
            f"{row['effect'] if row['effect'] != 'amount' else ''}".strip()
            + f" {added(row['contribution'], unit)}"
            for row in found[:MEMBERS_SHOWN]
        ]
        rest = sum(row["contribution"] for row in found[MEMBERS_SHOWN:])
        if len(found) > MEMBERS_SHOWN:
            told.append(f"{len(found) - MEMBERS_SHOWN} more {added(rest, unit)}")
        label = "in all" if dimension == "total" else dimension
        console.print(f"    {label:<22}{escape('; '.join(told))}", soft_wrap=True)
