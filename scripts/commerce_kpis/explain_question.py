"""Which value a user of scripts/explain asks for."""

from __future__ import annotations

import re
from datetime import date, timedelta

import duckdb

from commerce_kpis.console import UserError
from commerce_kpis.sql import rows_of


def known_kpi(connection: duckdb.DuckDBPyConnection, kpi: str) -> str:
    known = [row[0] for row in connection.execute("select kpi from trust.kpi_queries").fetchall()]
    if kpi not in known:
        raise UserError(f"There is no KPI `{kpi}`: one of {', '.join(sorted(known))}.")
    return kpi


def asked_variant(connection: duckdb.DuckDBPyConnection, kpi: str, variant: str | None) -> dict:
    """The catalog's row of a variant, by default of the default one."""
    variants = rows_of(connection, "kpi.kpi_catalog", {"kpi": kpi})
    for row in variants:
        if row["variant"] == variant or (variant is None and row["is_default"]):
            return row
    names = ", ".join(sorted(row["variant"] for row in variants))
    raise UserError(f"{kpi} has no variant `{variant}`: one of {names}.")


def asked_member(dimension: str | None) -> tuple[str, str]:
    if not dimension:
        return "total", "all"
    name, equals, value = dimension.partition("=")
    if not equals:
        raise UserError(f"--dimension {dimension} names no member: write {dimension}=<member>.")
    return name.strip(), value.strip()


def period_start(
    connection: duckdb.DuckDBPyConnection, kpi: str, grain: str, asked: str | None
) -> date:
    """First day of the period that a user names; of the latest complete one if none is named."""
    periods = connection.execute(
        f"""
        select distinct period_start, period_end, is_complete_period
        from kpi.kpi_{kpi}
        where period_grain = ?
        order by period_start
        """,
        [grain],
    ).fetchall()
    if not periods:
        raise UserError(f"{kpi} has no grain {grain}: choose another --grain.")
    if asked is None:
        complete = [start for start, _, is_complete in periods if is_complete]
        return (complete or [periods[-1][0]])[-1]
    moment = _moment(asked)
    for start, end, _ in periods:
        if end == _next_month(moment) if grain == "r12m" else start <= moment < end:
            return start
    raise UserError(
        f"{kpi} has no {grain} {asked}: it holds {periods[0][0]} to {periods[-1][0]} (first days)."
    )


def _moment(asked: str) -> date:
    """The first day of what a user calls a period."""
    try:
        if match := re.fullmatch(r"(\d{4})", asked):
            return date(int(match[1]), 1, 1)
        if match := re.fullmatch(r"(\d{4})-?[Qq]([1-4])", asked):
            return date(int(match[1]), 3 * int(match[2]) - 2, 1)
        if match := re.fullmatch(r"(\d{4})-?[Ww](\d{1,2})", asked):
            return date.fromisocalendar(int(match[1]), int(match[2]), 1)
        if match := re.fullmatch(r"(\d{4})-(\d{2})", asked):
            return date(int(match[1]), int(match[2]), 1)
        return date.fromisoformat(asked)
    except ValueError:
        raise UserError(
            f"--period {asked} is no period: write 2026-03, 2026-Q1, 2026-W09, 2026 or 2026-03-15."
        ) from None


def _next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)
