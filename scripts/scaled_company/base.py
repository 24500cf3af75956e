"""The history: every table of the demo company, as often as the scale says."""

from __future__ import annotations

from pathlib import Path

import duckdb

from .browsing import add_browsing
from .copies import Copies, copied_rows, make_copies
from .demo_tables import load_demo
from .parts import Part, slices, write_parts
from .prepare import prepare, prepare_addresses
from .reference import reference_rows
from .roles import ACCOUNT, REFERENCE, Contract
from .size import Size


def write_base(out: Path, size: Size, seed: int) -> tuple[int, int]:
    """Write every table to a folder of part files; return the rows and the bytes."""
    with duckdb.connect() as connection:
        contract = Contract.read()
        load_demo(connection, seed)
        prepare_addresses(connection)
        activity = make_copies(connection, "activity", size.activity, size.accounts, seed=seed)
        accounts = make_copies(
            connection, "accounts", size.accounts, size.accounts, is_shifted=False
        )
        parts = []
        for table in contract.tables:
            if table in REFERENCE:
                rows = _count(connection, f"demo.{table}")
                query = reference_rows(connection, table, size)
                parts.append(Part(out / table / "0000.parquet", query, rows))
                continue
            prepare(connection, contract, table, f"demo.{table}", f"{table}_of_demo")
            copies = accounts if table in ACCOUNT else activity
            sources = [(f"{table}_of_demo", copies)]
            if table == "web_events" and size.browsing:
                add_browsing(connection, contract)
                prepare(connection, contract, table, "demo.browsing", "browsing_of_demo")
                browsing = make_copies(
                    connection, "browsing", size.browsing, mark="w", first=1, seed=seed
                )
                sources.append(("browsing_of_demo", browsing))
            parts.extend(_parts(connection, contract, out, table, sources))
        return sum(part.rows for part in parts), write_parts(connection, parts)


def _parts(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    out: Path,
    table: str,
    sources: list[tuple[str, Copies]],
) -> list[Part]:
    """The files of a table, numbered in order of time for each of its sources."""
    parts = []
    for source, copies in sources:
        for first, last in slices(_count(connection, source), copies.count):
            query = copied_rows(connection, contract, table, source, copies, (first, last))
            path = out / table / f"{len(parts):04}.parquet"
            parts.append(Part(path, query, (last - first) * copies.count))
    return parts


def _count(connection: duckdb.DuckDBPyConnection, relation: str) -> int:
    """The rows of a table."""
    return connection.execute(f"select count(*) from {relation}").fetchall()[0][0]
