"""Cells as CSV, to open in a spreadsheet."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from commerce_kpis.display.cells import table_values
from commerce_kpis.display.published import opened
from commerce_kpis.exported_files import FORMULA_STARTS


def csv_of(file: Path, kpi: str, grain: str, dimension: str) -> bytes:
    """Every cell of a KPI at a grain and dimension: numbers as they are, with a point."""
    with opened(file) as connection:
        rows = table_values(connection, kpi, grain, dimension)
    return safe_csv(rows)


def safe_csv(rows: pd.DataFrame) -> bytes:
    """Rows as CSV in UTF-8; a text that a spreadsheet would run gets an apostrophe before it."""
    safe = rows.copy()
    for name in safe.columns:
        if safe[name].dtype == object or pd.api.types.is_string_dtype(safe[name]):
            safe[name] = safe[name].map(_harmless)
        elif pd.api.types.is_datetime64_any_dtype(safe[name]) and name != "as_of":
            safe[name] = safe[name].dt.strftime("%Y-%m-%d")
    return safe.to_csv(index=False).encode("utf-8")


def _harmless(value: object) -> object:
    return (
        f"'{value}" if isinstance(value, str) and value.startswith(tuple(FORMULA_STARTS)) else value
    )
