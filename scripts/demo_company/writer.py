"""Rows to files: CSV in UTF-8 with LF, a header, and quotes only where they are needed."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from .contract import COLUMNS
from .model import Row, World

PLANTED_COLUMNS = ("what", "table_name", "reason", "rows", "amount", "description")


def as_text(value: object) -> str:
    """Return a value as the landing contract wants it: ISO dates, a decimal point, true/false."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(value)


def delivered_columns(table: str, rows: list[Row]) -> list[str]:
    """Return the contract's columns that some row fills, in the contract's order.

    Raises ValueError for a column that is not in the contract.
    """
    filled = {name for row in rows for name, value in row.items() if as_text(value)}
    unknown = filled - set(COLUMNS[table])
    if unknown:
        raise ValueError(f"{table}: not in the contract: {', '.join(sorted(unknown))}")
    return [name for name in COLUMNS[table] if name in filled]


def write_all(world: World, out: Path) -> int:
    """Write every raw table and `planted.csv` beside them; return the size in bytes."""
    out.mkdir(parents=True, exist_ok=True)
    size = 0
    for table in COLUMNS:
        rows = world.tables[table]
        columns = delivered_columns(table, rows)
        lines = ([as_text(row.get(name)) for name in columns] for row in rows)
        size += _write(out / f"raw_{table}.csv", columns, lines)
    planted = (
        [
            planted.what,
            planted.table_name,
            planted.reason,
            str(planted.rows),
            as_text(planted.amount),
            planted.description,
        ]
        for planted in world.planted
    )
    return size + _write(out.parent / "planted.csv", PLANTED_COLUMNS, planted)


def _write(path: Path, columns: Iterable[str], rows: Iterable[list[str]]) -> int:
    """Write one file and return its size in bytes."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
    return path.stat().st_size
