"""What the trust schema says about the data of a build; each table may be missing."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import pandas as pd

from commerce_kpis.display.published import comments_of, frame, tables_of

REJECTED_SHOWN = 200


@dataclass(frozen=True)
class TrustTable:
    """Rows of a table of the trust schema; None where the file does not have it."""

    name: str
    rows: pd.DataFrame | None
    meanings: dict[str, str]


QUERIES = {
    "build_info": "select * from trust.build_info",
    "dq_summary": "select * from trust.dq_summary order by rejected_row_share desc nulls last, "
    "table_name",
    "dq_conservation": "select * from trust.dq_conservation order by table_name",
    "dq_rules": "select * from trust.dq_rules where rows_caught > 0 "
    "order by rows_caught desc, table_name, reject_reason",
    "build_inputs": "select * from trust.build_inputs order by all",
    "kpi_publishings": "select * from trust.kpi_publishings order by all desc limit 20",
}


def read_quality(connection: duckdb.DuckDBPyConnection) -> dict[str, TrustTable]:
    """The tables of the page, by name."""
    there = tables_of(connection, "trust")
    found: dict[str, TrustTable] = {}
    for name, query in QUERIES.items():
        rows = frame(connection, query) if name in there else None
        meanings = comments_of(connection, "trust", name) if name in there else {}
        found[name] = TrustTable(name, rows, meanings)
    return found


def read_rejected(connection: duckdb.DuckDBPyConnection, table: str) -> pd.DataFrame:
    """Rows of a raw table that are not accepted, as they were delivered; the first of them."""
    return frame(
        connection,
        "select reject_reason, row_status, source_name, row_key, event_date, raw_row "
        "from trust.dq_rejected_rows where table_name = ? order by all limit ?",
        [table, REJECTED_SHOWN],
    )


def unbalanced(conservation: pd.DataFrame) -> list[str]:
    """Raw tables of which a row or an amount is unaccounted for."""
    residuals = [name for name in conservation.columns if name.endswith("_residual")]
    wrong = conservation[residuals].fillna(0).astype(float).ne(0).any(axis=1)
    return list(conservation.loc[wrong, "table_name"])
