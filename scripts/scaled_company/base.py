"""The history: every table of the demo company, as often as the scale says."""

from __future__ import annotations

from pathlib import Path

import duckdb

from .browsing import add_browsing
from .copies import Copies, copied_rows, make_all_copies
from .demo_tables import columns_of, load_demo
from .parts import Part, Written, slices, write_parts
from .prepare import prepare, prepare_addresses
from .reference import reference_rows
from .roles import ACCOUNT, REFERENCE, Contract
from .size import Size


def write_base(out: Path, size: Size, seed: int) -> Written:
    """Write every table to a folder of part files."""
    with duckdb.connect() as connection:
        contract = Contract.read()
        load_demo(connection, seed)
        prepare_addresses(connection)
        add_browsing(connection, contract)
        copies = make_all_copies(connection, size, seed)
        parts = []
        for table in contract.tables:
            if table in REFERENCE:
                parts.append(_reference_part(connection, out, table, size))
                continue
            kind = "accounts" if table in ACCOUNT else "activity"
            sources = [(f"demo.{table}", copies[kind])]
            if table == "web_events":
                sources.append(("demo.browsing", copies["browsing"]))
            parts += _copied_parts(connection, contract, out, table, sources)
        return write_parts(connection, parts)


def _reference_part(
    connection: duckdb.DuckDBPyConnection, out: Path, table: str, size: Size
) -> Part:
    """The file of a table that exists once."""
    names = columns_of(connection, f"demo.{table}")
    query = reference_rows(table, names, f"demo.{table}", size)
    return Part(out / table / "0000.parquet", query, _count(connection, f"demo.{table}"))


def _copied_parts(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    out: Path,
    table: str,
    sources: list[tuple[str, Copies]],
) -> list[Part]:
    """The files of a table, numbered in order of time for each of its sources."""
    parts: list[Part] = []
    names = columns_of(connection, f"demo.{table}")
    for number, (source, copies) in enumerate(sources):
        prepared = f"{table}_{number}"
        prepare(connection, contract, table, source, prepared)
        for first, last in slices(_count(connection, prepared), copies.count):
            places = f"(select * from {prepared} where place >= {first} and place < {last})"
            query = copied_rows(contract, table, names, places, copies)
            path = out / table / f"{len(parts):04}.parquet"
            parts.append(Part(path, query, (last - first) * copies.count))
    return parts


def _count(connection: duckdb.DuckDBPyConnection, relation: str) -> int:
    """The rows of a table."""
    ((rows,),) = connection.execute(f"select count(*) from {relation}").fetchall()
    return rows
