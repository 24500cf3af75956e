"""What tests of Spark share: whether it is there, and its tables beside those of a file."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest
from commerce_kpis.cell_comparison import compare_tables, tables_of
from commerce_kpis.finished_builds import SparkBuild
from conftest import skip_unless_ci


def need_spark() -> None:
    """Skip the test where Spark cannot run, but fail where everything has to be tried."""
    pytest.importorskip("pyspark", reason="Spark needs Python 3.11 or newer.")
    if shutil.which("java") is None:
        skip_unless_ci("There is no Java: install the package openjdk-17-jre-headless.")


def table_folder(warehouse: Path, name: str) -> Path:
    """The folder of a table; of one that is not there yet, one that is not there."""
    return next(warehouse.glob(f"*.db/{name}"), warehouse / name)


def known_models(warehouse: Path, condition: str = "true") -> set[str]:
    """The models that the state of increments knows, and of which a condition holds."""
    files = table_folder(warehouse, "models") / "*" / "*.parquet"
    rows = duckdb.sql(
        f"select model_name from read_parquet('{files}', hive_partitioning = true) "
        f"where {condition}"
    )
    return {model for (model,) in rows.fetchall()}


def replaced(warehouse: Path) -> set[str]:
    """The models that the last build did not make whole."""
    return known_models(warehouse, "build_number > whole_since")


def differences(warehouse: str, file: Path, *may_be_empty: str) -> dict[str, int]:
    """The compared tables on Spark, each with its cells that differ from those of a build file."""
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"attach '{file}' as file (read_only)")
        SparkBuild(warehouse).attach(connection, "spark")
        on_spark = tables_of(connection, "spark")
        in_the_file = tables_of(connection, "file")
        both = ({table: in_the_file[table] for table in on_spark}, on_spark)
        compared = compare_tables(connection, "file", "spark", both)
    assert {found.table for found in compared if not found.rows} <= {*may_be_empty}
    return {found.table: found.differences for found in compared}


def tables_of_file(file: Path) -> set[str]:
    """The compared tables of a build file."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{file}' as file (read_only)")
        return set(tables_of(connection, "file"))
