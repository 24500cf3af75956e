"""scripts/export: what it writes is what the published file holds, whole or not at all."""

from __future__ import annotations

import csv
from datetime import date, datetime
from pathlib import Path

import duckdb
import openpyxl
import pytest
from commerce_kpis import exported_workbooks
from commerce_kpis.console import UserError
from commerce_kpis.export import ASIDE, export
from conftest import run_module

NASTY = ["=1+1", "+49 30 1", "-5 units", "@sum", "\tx", "\rx", "\n=2", 'a "b", c', "", "Zoë 💶"]
SALES = """
create table kpi.kpi_sales as
select
    'month' as period_grain, date '2025-01-01' as period_start, 'text' as dimension,
    unnest($nasty) as dimension_value, -12.3450::decimal(18, 4) as net_sales,
    -0.25::double as growth, -3::bigint as orders, true as is_complete_period,
    timestamp '2025-02-01 02:03:04.567891' as as_of
union all by name
select
    'year' as period_grain, date '1899-12-31' as period_start, 'total' as dimension,
    12345678901234567::bigint as orders, 'inf'::double as growth
"""
SMALL = """
create schema core; create schema trust; create schema bi;
create table kpi.kpi_catalog as
from (values ('sales', 'net_sales', true, 'Sold, less returns.'), ('aov', 'aov', true, 'Per order'))
as rows (kpi, variant, is_default, meaning);
comment on column kpi.kpi_sales.orders is 'Orders of the period.';
create view bi.sales as select period_start, net_sales from kpi.kpi_sales;
create table core.fct_orders as select 1 as order_id;
create table core.twice as select 1 as one;
create table trust.twice as select 1 as one;
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A published file with what is hard to write."""
    file = tmp_path / "kpis.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("create schema kpi")
        connection.execute(SALES, {"nasty": NASTY})
        connection.execute(SMALL)
    return file


def rows(file: Path, query: str) -> list[tuple]:
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute(query).fetchall()


def sheet(path: Path, name: str) -> list[tuple]:
    """The cells of a sheet as a reader of Excel files finds them."""
    return list(openpyxl.load_workbook(path)[name].iter_rows(values_only=True))


def test_parquet_holds_the_same_rows_in_the_same_types(published_file, tmp_path):
    before = published_file.stat()
    exported = export(published_file, tmp_path / "out")
    tables = dict(
        rows(
            published_file,
            "select table_name, estimated_size from duckdb_tables() where schema_name = 'kpi'",
        )
    )
    written = {path.stem: path for path in (tmp_path / "out" / "kpi").iterdir()}
    assert written.keys() == tables.keys() >= {"kpi_values", "kpi_catalog", "kpi_sales"}
    assert exported.tables == len(tables)
    assert exported.rows == sum(tables.values())
    with duckdb.connect(str(published_file), read_only=True) as connection:
        for name, path in written.items():
            connection.execute(f"create or replace temp view parquet as from '{path}'")
            types = "select column_name, data_type from duckdb_columns() where table_name = ?"
            found, held = (connection.execute(types, [it]).fetchall() for it in ("parquet", name))
            assert found == held
            counted = connection.execute("select count(*) from parquet").fetchone()
            assert counted == (tables[name],)
        for name in ("kpi_sales", "kpi_catalog"):
            difference = f"(from kpi.{name} except all from '{written[name]}')"
            assert connection.execute(f"select count(*) from {difference}").fetchone() == (0,)
    assert published_file.stat() == before


def test_csv_is_utf_8_with_iso_dates_and_runs_no_formula(small, tmp_path):
    export(small, tmp_path / "out", "csv")
    path = tmp_path / "out" / "kpi" / "kpi_sales.csv"
    with path.open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    starts = ("=", "+", "-", "@", "\t", "\r", "\n")
    expected = [f"'{it}" if it.startswith(starts) else it for it in NASTY]
    assert [row["dimension_value"] for row in found[: len(NASTY)]] == expected
    first, last = found[0], found[-1]
    assert (first["net_sales"], first["growth"], first["orders"]) == ("-12.3450", "-0.25", "-3")
    assert (first["period_start"], first["as_of"]) == ("2025-01-01", "2025-02-01 02:03:04.567891")
    assert first["is_complete_period"] == "true"
    assert (last["dimension_value"], last["orders"]) == ("", "12345678901234567")
    # An empty text is not a missing one.
    lines = path.read_bytes().decode("utf-8")
    assert 'text,"",-12.3450' in lines
    assert "total,,," in lines


def test_a_workbook_has_numbers_dates_and_definitions(small, tmp_path):
    export(small, tmp_path / "out", "xlsx")
    path = tmp_path / "out" / "kpi" / "kpi_sales.xlsx"
    header, *body = sheet(path, "kpi_sales")
    found = [dict(zip(header, row, strict=True)) for row in body]
    assert len(found) == len(NASTY) + 1
    first, last = found[0], found[-1]
    assert (first["net_sales"], first["growth"], first["orders"]) == (-12.345, -0.25, -3)
    assert first["period_start"] == datetime(2025, 1, 1)
    assert first["as_of"].replace(microsecond=0) == datetime(2025, 2, 1, 2, 3, 4)
    assert first["is_complete_period"] is True
    # What Excel cannot hold as a number or a date is a text, not another number.
    assert (last["orders"], last["period_start"]) == ("12345678901234567", "1899-12-31")
    assert last["net_sales"] is None
    assert sheet(path, "definitions")[1:] == [("sales", "net_sales", True, "Sold, less returns.")]
    assert ("orders", "BIGINT", "Orders of the period.") in sheet(path, "columns")
    book = openpyxl.load_workbook(path)
    assert book["kpi_sales"].freeze_panes == "A2"
    texts = [cell for cell in book["kpi_sales"]["D"][1:] if cell.value is not None]
    assert {cell.data_type for cell in texts} == {"s"}
    assert [cell.value for cell in texts][:4] == NASTY[:4]
    both = sheet(tmp_path / "out" / "kpi" / "kpi_catalog.xlsx", "definitions")
    assert {row[0] for row in both[1:]} == {"sales", "aov"}


def test_the_workbook_of_a_real_kpi_adds_up(published_file, tmp_path):
    only = {"period_grain": ("month",), "dimension": ("total",)}
    export(published_file, tmp_path, "xlsx", names=("kpi_sales",), only=only)
    path = tmp_path / "kpi" / "kpi_sales.xlsx"
    header, *body = sheet(path, "kpi_sales")
    sales = header.index("net_sales")
    months, total = rows(
        published_file,
        "select count(*), sum(net_sales) from kpi.kpi_sales "
        "where period_grain = 'month' and dimension = 'total'",
    )[0]
    assert len(body) == months
    assert sum(row[sales] for row in body) == pytest.approx(float(total))
    assert all(isinstance(row[header.index("period_start")], date) for row in body)
    definitions = sheet(path, "definitions")
    kpi, meaning = (definitions[0].index(name) for name in ("kpi", "meaning"))
    assert {row[kpi] for row in definitions[1:]} == {"sales"}
    assert all(row[meaning] for row in definitions[1:])


def test_a_table_that_is_too_large_for_excel_is_refused_before_anything_is_written(
    published_file, tmp_path
):
    with pytest.raises(UserError, match=r"kpi_values has [\d,]+ rows, .* 1,048,575 below"):
        export(published_file, tmp_path / "out", "xlsx")
    assert [path.name for path in (tmp_path / "out").rglob("*")] == [".build.lock"]


def test_a_text_too_long_for_a_cell_is_refused_and_old_files_stay(small, tmp_path, monkeypatch):
    out = tmp_path / "out"
    export(small, out, "xlsx")
    before = (out / "kpi" / "kpi_catalog.xlsx").read_bytes()
    with duckdb.connect(str(small)) as connection:
        connection.execute("update kpi.kpi_sales set dimension_value = repeat('x', 32768)")
    with pytest.raises(UserError, match="kpi_sales has a text in dimension_value"):
        export(small, out, "xlsx")
    assert (out / "kpi" / "kpi_catalog.xlsx").read_bytes() == before
    assert not (out / ASIDE).exists()
    monkeypatch.setattr(exported_workbooks, "SHEET_ROWS", 3)
    with pytest.raises(UserError, match="kpi_sales has 11 rows"):
        export(small, out, "xlsx", names=("kpi_sales",))


def test_what_is_chosen_is_what_is_written(small, tmp_path):
    def written(**choice) -> set[str]:
        out = tmp_path / "-".join(str(choice).split())[:60]
        export(small, out, **choice)
        return {str(path.relative_to(out)) for path in out.rglob("*.parquet")}

    assert written(names=("bi.sales", "fct_orders")) == {
        "bi/sales.parquet",
        "core/fct_orders.parquet",
    }
    assert written(schemas=("bi",)) == {"bi/sales.parquet"}
    assert written(schemas=("kpi", "bi"), names=("bi.sales",)) == {
        *("kpi/kpi_sales.parquet", "kpi/kpi_catalog.parquet", "bi/sales.parquet")
    }
    years = export(small, tmp_path / "years", only={"period_grain": ("year",)})
    # The catalog has no grain, and is whole.
    assert (years.tables, years.rows) == (2, 3)
    assert rows(small, f"select count(*) from '{tmp_path}/years/kpi/kpi_sales.parquet'") == [(1,)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--table", "kpi_sale"), "has no table kpi_sale in kpi, bi, core, trust. Do you mean"),
        (("--table", "twice"), "write core.twice or trust.twice"),
        (("--table", "kpi_sales", "--dimension", "colour"), "No row of the chosen tables is of"),
    ],
)
def test_a_wrong_choice_is_one_line(small, tmp_path, arguments, message):
    done = run_module("export", small, "--out", tmp_path / "out", *arguments)
    assert done.returncode == 1
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not list((tmp_path / "out").rglob("*.parquet"))


def test_a_file_or_folder_that_is_none_is_one_line(small, tmp_path):
    other = tmp_path / "notes.txt"
    other.write_text("no database")
    empty = tmp_path / "empty.duckdb"
    duckdb.connect(str(empty)).close()
    for arguments, message in (
        ((tmp_path / "gone.duckdb", "--out", tmp_path / "out"), "There is no file"),
        ((other, "--out", tmp_path / "out"), "is it a published file?"),
        ((empty, "--out", tmp_path / "out"), "it is no published KPI file"),
        ((small, "--out", other), "is no folder"),
        ((small, "--out", other / "below"), "Cannot write to"),
    ):
        done = run_module("export", *arguments)
        assert (done.returncode, len(done.stderr.splitlines())) == (1, 1), done.stderr
        assert message in done.stderr


def test_a_killed_export_leaves_nothing_half_and_the_next_one_cleans_up(small, tmp_path):
    out = tmp_path / "out"
    (out / ASIDE / "kpi").mkdir(parents=True)
    (out / ASIDE / "kpi" / "kpi_sales.parquet").write_text("half")
    done = run_module("export", small, "--out", out)
    assert done.returncode == 0, done.stderr
    assert "Exported 2 tables, 13 rows, as parquet" in done.stdout
    assert not (out / ASIDE).exists()
    assert sorted(path.name for path in (out / "kpi").iterdir()) == [
        *("kpi_catalog.parquet", "kpi_sales.parquet")
    ]
