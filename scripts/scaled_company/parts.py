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
    """A file to write; `most_rows` tells large from small."""

    path: Path
    query: str
    most_rows: int


@dataclass(frozen=True)
class Written:
    """What was written."""

    rows: int
    size: int

    def __str__(self) -> str:
        return f"{self.rows:,} rows, {self.size / 1e6:.2f} MB"


def slices(rows: int, copies: int) -> list[tuple[int, int]]:
    """The places [first, last) of a table's rows whose copies fill a file each."""
    step = max(1, ROWS_OF_A_PART // max(1, copies))
    return [(first, min(rows, first + step)) for first in range(0, rows, step)]


def write_parts(connection: duckdb.DuckDBPyConnection, parts: Iterable[Part]) -> Written:
    """Write files, the largest first.

    They get their names when all are written: a reader ignores names with an underscore.
    """
    parts = sorted(parts, key=lambda part: -part.most_rows)
    for folder in {part.path.parent for part in parts}:
        folder.mkdir(parents=True, exist_ok=True)
    connection.execute("set threads = 1")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        rows = list(pool.map(lambda part: _write(connection.cursor(), part), parts))
    for part in parts:
        _unfinished(part).replace(part.path)
    return Written(sum(rows), sum(part.path.stat().st_size for part in parts))


def _write(cursor: duckdb.DuckDBPyConnection, part: Part) -> int:
    """Write one file; return its rows."""
    file = text(_unfinished(part))
    with cursor:
        cursor.execute(f"copy ({part.query}) to {file} (format parquet, compression zstd)")
        ((rows,),) = cursor.fetchall()
    return rows


def _unfinished(part: Part) -> Path:
    """The file's name while it is written."""
    return part.path.with_name(f"_{part.path.name}")
