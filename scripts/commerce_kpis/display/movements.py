"""Movements: KPI tables that promise `start + in - out = end`, and what moved them.

The promise is a check constraint of the published table; the signs are read from it, so that no
rule is repeated here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

import duckdb
import pandas as pd

from commerce_kpis.display.catalog import Catalog, Kpi
from commerce_kpis.display.published import comments_of, frame
from commerce_kpis.sql import quoted

TERM = re.compile(r"([+-]?)([A-Za-z_][A-Za-z0-9_]*)")


@dataclass(frozen=True)
class Movement:
    """A table that moves: the column at the start, signed columns, the column at the end."""

    kpi: Kpi
    start: str
    steps: tuple[tuple[int, str], ...]
    end: str
    meanings: dict[str, str]

    @property
    def columns(self) -> list[str]:
        return [self.start, *(name for _, name in self.steps), self.end]

    @property
    def unit(self) -> str:
        """That of the variant at its end; a count if its end is no variant."""
        named = {variant.name: variant.unit for variant in self.kpi.variants}
        return named.get(self.end, "count")


def parsed_identity(expression: str) -> tuple[str, tuple[tuple[int, str], ...], str] | None:
    """`a + b - c = d` as (a, ((1, b), (-1, c)), d); None for any other condition.

    >>> parsed_identity("(((a + b) - c) = d)")
    ('a', ((1, 'b'), (-1, 'c')), 'd')
    >>> parsed_identity("((a >= 0))") is None, parsed_identity("(a = (b + c))") is None
    (True, True)
    """
    text = re.sub(r"\s+", "", expression).replace('"', "")
    if re.search(r"[+-]\(", text):
        return None
    left, separator, right = text.replace("(", "").replace(")", "").partition("=")
    if not separator or not re.fullmatch(r"[A-Za-z_]\w*([+-][A-Za-z_]\w*){2,}", left):
        return None
    if not re.fullmatch(r"[A-Za-z_]\w*", right):
        return None
    terms = TERM.findall(left)
    steps = tuple((-1 if sign == "-" else 1, name) for sign, name in terms[1:])
    return terms[0][1], steps, right


def find_movements(connection: duckdb.DuckDBPyConnection, catalog: Catalog) -> list[Movement]:
    """The KPIs that promise it, those in money first."""
    kpis = {f"kpi_{kpi.name}": kpi for kpi in catalog.kpis}
    found: list[Movement] = []
    for table, expression in connection.execute(
        "select table_name, expression from duckdb_constraints() "
        "where schema_name = 'kpi' and constraint_type = 'CHECK' order by table_name"
    ).fetchall():
        parsed = parsed_identity(expression or "")
        if parsed and table in kpis:
            meanings = comments_of(connection, "kpi", table)
            found.append(Movement(kpis[table], *parsed, meanings))
    return sorted(found, key=lambda movement: movement.unit != "currency")


def read_movements(
    connection: duckdb.DuckDBPyConnection, movement: Movement, grain: str
) -> pd.DataFrame:
    """Its columns in total, by period; sums of steps as the constraint adds them."""
    columns = ", ".join(f"{quoted(name)}::double as {quoted(name)}" for name in movement.columns)
    return frame(
        connection,
        f"select period_start, is_complete_period, {columns} "
        f"from kpi.{quoted(f'kpi_{movement.kpi.name}')} "
        "where period_grain = ? and dimension = 'total' order by period_start",
        [grain],
    )


def waterfall_rows(movement: Movement, row: pd.Series) -> pd.DataFrame:
    """The bars of one period: name, amount, from, to and kind (level, up, down)."""
    rows = [(movement.start, row[movement.start], 0.0, row[movement.start], "level")]
    at = row[movement.start]
    for sign, name in movement.steps:
        amount = sign * row[name] + 0.0  # never minus 0
        kind = "up" if amount >= 0 else "down"
        rows.append((name, amount, at, at + amount, kind))
        at += amount
    rows.append((movement.end, row[movement.end], 0.0, row[movement.end], "level"))
    return pd.DataFrame(rows, columns=["name", "amount", "low", "high", "kind"])


def period_rows(movement: Movement, cells: pd.DataFrame, start: date) -> pd.DataFrame | None:
    """The bars of the period that begins at a day; None if it has no numbers."""
    found = cells[cells["period_start"] == pd.Timestamp(start)]
    if not len(found) or found[movement.columns].isna().any(axis=None):
        return None
    return waterfall_rows(movement, found.iloc[0])
