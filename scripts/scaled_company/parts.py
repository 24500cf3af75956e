"""Queries to Parquet files, several at once, each of them on one thread: the same bytes always."""

from __future__ import annotations

import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import duckdb
from commerce_kpis.sql import text

ROWS_OF_A_PART = 2_000_000


@dataclass(frozen=True)
class Part:
    """A file to write."""

    path: Path
    query: str
    rows: int


def slices(rows: int, copies: int) -> list[tuple[int, int]]:
    """The places [first, last) of a table's rows whose copies fill a file each."""
    step = max(1, ROWS_OF_A_PART // max(1, copies))
    return [(first, min(rows, first + step)) for first in range(0, rows, step)]


def write_parts(connection: duckdb.DuckDBPyConnection, parts: Iterable[Part]) -> int:
    """Write files, the largest first; return their size in bytes."""
    parts = sorted(parts, key=lambda part: -part.rows)
    for folder in {part.path.parent for part in parts}:
        folder.mkdir(parents=True, exist_ok=True)
    connection.execute("set threads = 1")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return sum(pool.map(lambda part: _write(connection.cursor(), part), parts))


def _write(cursor: duckdb.DuckDBPyConnection, part: Part) -> int:
    """Write one file; return its size in bytes."""
    with cursor:
        cursor.execute(
            f"copy ({part.query}) to {text(part.path)} (format parquet, compression zstd)"
        )
    return part.path.stat().st_size
