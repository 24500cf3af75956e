"""The published file through the libraries and programs of BI tools, as docs/bi/ says."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import adbc_driver_duckdb
import adbc_driver_manager
import duckdb
import polars
import pyarrow
import pytest
import sqlalchemy
from adbc_driver_manager import dbapi
from conftest import PROJECT
from sqlalchemy import MetaData, Table, create_engine, func, inspect, select, text
from sqlalchemy.pool import NullPool

BI = PROJECT / "docs" / "bi"
MONTHS = "select period_start, net_sales from bi.sales order by period_start"
WRITE = "create table core.written as select 1 as one"
# The program that the package duckdb-cli puts beside Python.
PROGRAM = Path(sys.executable).parent / "duckdb"


@pytest.fixture(scope="module")
def months(published_file: Path) -> list[tuple[date, Decimal]]:
    """Net sales by month, as DuckDB itself says."""
    with duckdb.connect(str(published_file), read_only=True) as connection:
        return connection.execute(MONTHS).fetchall()


@pytest.fixture
def engine(published_file: Path) -> Iterator[sqlalchemy.Engine]:
    """SQLAlchemy over the published file, by the address of docs/bi/sqlalchemy.md."""
    engine = create_engine(f"duckdb:///{published_file}?access_mode=read_only")
    yield engine
    engine.dispose()


@pytest.fixture
def versions(tmp_path: Path) -> tuple[Path, Path]:
    """Two small published files: that of an old build, and that of a new one beside it."""
    files = (tmp_path / "kpis.duckdb", tmp_path / "new.duckdb")
    for build, file in enumerate(files, start=1):
        with duckdb.connect(str(file)) as connection:
            connection.execute(
                f"create schema trust; create table trust.build_info as select {build} as build"
            )
    return files


def comments(published_file: Path, schema: str, table: str) -> dict[str, str]:
    with duckdb.connect(str(published_file), read_only=True) as connection:
        return dict(
            connection.execute(
                "select column_name, comment from duckdb_columns() "
                "where schema_name = ? and table_name = ?",
                [schema, table],
            ).fetchall()
        )


def test_sqlalchemy_finds_schemas_tables_and_views(engine, published_file):
    found = inspect(engine)
    assert {"kpis.kpi", "kpis.bi", "kpis.core", "kpis.trust"} <= {*found.get_schema_names()}
    with duckdb.connect() as connection:
        connection.execute(f"attach '{published_file}' as kpis (read_only)")
        held = connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'kpi'"
        ).fetchall()
        views = connection.execute(
            "select view_name from duckdb_views() where schema_name = 'bi'"
        ).fetchall()
    assert {*found.get_table_names(schema="kpi")} == {name for (name,) in held}
    assert {*found.get_view_names(schema="bi")} == {name for (name,) in views}


@pytest.mark.parametrize(("schema", "name"), [("kpi", "kpi_sales"), ("bi", "sales_by_country")])
def test_sqlalchemy_reflects_types_and_comments(engine, schema, name):
    table = Table(name, MetaData(), schema=schema, autoload_with=engine)
    engine.dispose()
    expected = comments(Path(engine.url.database), schema, name)
    assert {column.name: column.comment for column in table.columns} == expected
    assert all(expected.values())
    assert "what was sold" in table.comment
    assert isinstance(table.c.period_start.type, sqlalchemy.Date)
    assert isinstance(table.c.net_sales.type, sqlalchemy.Numeric)
    assert (table.c.net_sales.type.precision, table.c.net_sales.type.scale) == (18, 4)
    assert isinstance(table.c.is_complete_period.type, sqlalchemy.Boolean)
    # A type that the driver does not know would be NullType.
    assert not [it for it in table.columns if isinstance(it.type, sqlalchemy.types.NullType)]


def test_sqlalchemy_asks_and_cannot_write(engine, months):
    sales = Table("sales", MetaData(), schema="bi", autoload_with=engine)
    with engine.connect() as connection:
        asked = select(sales.c.period_start, sales.c.net_sales).order_by(sales.c.period_start)
        assert [tuple(row) for row in connection.execute(asked)] == months
        total = connection.execute(select(func.sum(sales.c.net_sales))).scalar()
        assert total == sum(value for _, value in months)
        with pytest.raises(sqlalchemy.exc.ProgrammingError, match="read-only"):
            connection.execute(text(WRITE))


def test_adbc_reads_arrow_and_cannot_write(published_file, months):
    file = {"path": str(published_file), "access_mode": "READ_ONLY"}
    database = adbc_driver_manager.AdbcDatabase(
        driver=adbc_driver_duckdb.driver_path(), entrypoint="duckdb_adbc_init", **file
    )
    with (
        dbapi.Connection(
            database, adbc_driver_manager.AdbcConnection(database), autocommit=True
        ) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(MONTHS)
        table = cursor.fetch_arrow_table()
        with pytest.raises(dbapi.Error, match="read-only"):
            cursor.execute(WRITE)
    assert table.schema.types == [pyarrow.date32(), pyarrow.decimal128(18, 4)]
    assert [tuple(row.values()) for row in table.to_pylist()] == months


def test_every_published_column_has_a_type_in_arrow(published_file):
    """What Arrow has no type for, such as HUGEINT, comes as a float or in a type of DuckDB's."""
    plain = (
        *(pyarrow.types.is_date32, pyarrow.types.is_timestamp, pyarrow.types.is_boolean),
        *(pyarrow.types.is_integer, pyarrow.types.is_float64, pyarrow.types.is_string),
    )
    with duckdb.connect(str(published_file), read_only=True) as connection:
        relations = connection.execute(
            "select schema_name || '.' || table_name from duckdb_tables() "
            "where schema_name in ('core', 'kpi', 'trust')"
        ).fetchall()
        for (relation,) in relations:
            result = connection.execute(f"from {relation} limit 0")
            kinds = [str(column[1]) for column in result.description]
            for field, kind in zip(result.to_arrow_table().schema, kinds, strict=True):
                if kind.startswith("DECIMAL"):
                    assert pyarrow.types.is_decimal128(field.type), f"{relation}.{field.name}"
                else:
                    assert any(it(field.type) for it in plain), f"{relation}.{field.name}"


def test_pandas_and_polars_read_the_same_numbers(published_file, months):
    with duckdb.connect(str(published_file), read_only=True) as connection:
        frame = connection.execute(MONTHS).df()
        polars_frame = polars.read_database(MONTHS, connection)
        arrow_frame = polars.from_arrow(connection.execute(MONTHS).to_arrow_table())
    assert str(frame.dtypes["period_start"]).startswith("datetime64")
    assert [day.date() for day in frame["period_start"]] == [day for day, _ in months]
    assert frame["net_sales"].tolist() == pytest.approx([float(value) for _, value in months])
    for found in (polars_frame, arrow_frame):
        assert found.schema == {"period_start": polars.Date, "net_sales": polars.Decimal(18, 4)}
        assert found.rows() == months


def test_the_command_line_reads_and_cannot_write(published_file, months):
    def run(*arguments: str, asked: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [PROGRAM, "-readonly", *arguments],
            input=asked,
            capture_output=True,
            text=True,
            check=False,
        )

    asked = run("-csv", str(published_file), MONTHS)
    assert asked.returncode == 0, asked.stderr
    expected = [f"{day},{value}" for day, value in months]
    assert asked.stdout.splitlines() == ["period_start,net_sales", *expected]
    question = (PROJECT / "analyses" / "questions" / "what_moved_cac.sql").read_text("utf-8")
    assert "marketing_channel" in run("-csv", str(published_file), asked=question).stdout
    refused = run(str(published_file), WRITE)
    assert refused.returncode == 1
    assert "read-only" in refused.stderr


def test_a_process_keeps_the_old_file_until_its_last_connection_is_closed(versions):
    file, new = versions
    asked = "select build from trust.build_info"
    first = duckdb.connect(str(file), read_only=True)
    assert first.execute(asked).fetchone() == (1,)
    new.replace(file)
    with duckdb.connect(str(file), read_only=True) as second:
        assert second.execute(asked).fetchone() == (1,)
    with subprocess.Popen(
        [PROGRAM, "-readonly", "-csv", "-noheader", str(file), asked],
        stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
    ) as other:
        assert other.stdout.read().strip() == "2"
    first.close()
    with duckdb.connect(str(file), read_only=True) as third:
        assert third.execute(asked).fetchone() == (2,)


@pytest.mark.parametrize("pool", [None, NullPool])
def test_an_engine_keeps_the_old_file_until_it_is_disposed_of(versions, pool):
    file, new = versions
    options = {"poolclass": pool} if pool else {}
    engine = create_engine(f"duckdb:///{file}?access_mode=read_only", **options)

    def build() -> int:
        with engine.connect() as connection:
            return connection.execute(text("select build from trust.build_info")).scalar()

    assert build() == 1
    shutil.copyfile(new, file.with_name("aside.duckdb"))
    file.with_name("aside.duckdb").replace(file)
    assert build() == (2 if pool else 1)
    engine.dispose()
    assert build() == 2
    engine.dispose()


def test_the_table_of_doors_has_every_page_and_says_what_was_tried():
    index = (BI / "README.md").read_text("utf-8")
    pages = {page.name for page in BI.glob("*.md")} - {"README.md"}
    rows = [line for line in index.splitlines() if line.startswith("| [")]
    assert len(rows) == len(pages)
    for page in pages:
        (row,) = [row for row in rows if f"]({page})" in row]
        tried = row.split("|")[3]
        assert "here" in tried or "written from" in tried
        head = (BI / page).read_text("utf-8")[:600].lower()
        assert ("not tried here" in head) == ("in the tests" not in tried)
