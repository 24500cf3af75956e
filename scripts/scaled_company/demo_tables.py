"""The demo company's raw tables in DuckDB: every column text, as the seeds are."""

from __future__ import annotations

import tempfile
from pathlib import Path

import duckdb
from commerce_kpis.project import PROJECT
from commerce_kpis.sql import text
from demo_company.build import build_company
from demo_company.contract import COLUMNS
from demo_company.writer import write_all


def load_demo(connection: duckdb.DuckDBPyConnection, seed: int) -> None:
    """Make the schema `demo` with every raw table, `row_number` its place in the file.

    Beside them lies the seed `free_email_domains`.
    """
    connection.execute("create schema demo")
    with tempfile.TemporaryDirectory(prefix="demo_company_") as name:
        raw = Path(name) / "raw"
        write_all(build_company(seed), raw)
        for table in COLUMNS:
            connection.execute(
                f"create table demo.{table} as select row_number() over () as row_number, *"
                f" from read_csv({text(raw / f'raw_{table}.csv')}, all_varchar = true)"
            )
    domains = PROJECT / "seeds" / "config" / "free_email_domains.csv"
    connection.execute(
        "create table demo.free_email_domains as"
        f" select domain from read_csv({text(domains)}, all_varchar = true)"
    )


def columns_of(connection: duckdb.DuckDBPyConnection, relation: str) -> list[str]:
    """The delivered columns of a table, in their order."""
    result = connection.execute(f"select * exclude (row_number) from {relation} limit 0")
    return [column[0] for column in result.description]
