"""The wholesaler's mapping, on a few made-up lines with every peculiarity of the real file.

With ONLINE_RETAIL set to the real file, the same checks run on that.
"""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pytest
from break_cells import break_cells
from commerce_kpis.mapping import load_mapping, map_delivery
from conftest import build_project, run_module, try_build

# InvoiceNo, StockCode, Description, Quantity, InvoiceDate, UnitPrice, CustomerID, Country
LINES = """
    ('536365', '85123A', 'T-LIGHT HOLDER', 6, '2010-12-01 08:26', 2.55, 17850, 'United Kingdom'),
    ('536365', '85123A', 'T-LIGHT HOLDER', 6, '2010-12-01 08:26', 2.55, 17850, 'United Kingdom'),
    ('536365', '71053', 'METAL LANTERN', 6, '2010-12-01 08:26', 3.39, 17850, 'United Kingdom'),
    ('536365', 'POST', 'POSTAGE', 1, '2010-12-01 08:26', 18.00, 17850, 'United Kingdom'),
    ('536366', '71053', 'METAL LANTERN', 10, '2010-12-31 23:59', 3.39, NULL, 'Germany'),
    ('536367', '71053', 'METAL LANTERN', 3, '2011-06-30 23:30', 1.995, 13047, 'France'),
    ('C536368', '71053', 'METAL LANTERN', -2, '2011-01-04 10:00', 3.39, 17850, 'United Kingdom'),
    ('536369', '85123A', 'damaged', -40, '2011-01-05 10:00', 0.0, NULL, 'United Kingdom'),
    ('536370', '22960', NULL, 1, '2011-01-05 10:00', 0.0, 13047, 'France'),
    ('536371', 'gift_0001_20', 'Gift Voucher 20', 1, '2011-01-06 10:00', 17.02, NULL, 'EIRE'),
    ('A563185', 'B', 'Adjust bad debt', 1, '2011-02-01 10:00', 11062.06, NULL, 'United Kingdom'),
    ('A563186', 'B', 'Adjust bad debt', 1, '2011-02-01 10:01', -11062.06, NULL, 'United Kingdom'),
    ('C563187', 'AMAZONFEE', 'AMAZON FEE', -1, '2011-02-02 10:00', 99.9, NULL, 'United Kingdom')
"""
COLUMNS = "InvoiceNo, StockCode, Description, Quantity, InvoiceDate, UnitPrice, CustomerID, Country"
# Net sales as a reader of the file would add them up, without the project's models.
MONTHLY_TOTALS = """
    with lines as (select distinct * from delivered),
    invoices as (
        select InvoiceNo
        from lines
        group by InvoiceNo
        having
            not bool_and(StockCode in ('B', 'AMAZONFEE', 'BANK CHARGES', 'CRUK'))
            and not (count(CustomerID) = 0 and bool_and(UnitPrice = 0))
    )
    select
        cast(date_trunc('month', InvoiceDate) as date) as month_start,
        sum(cast(Quantity as decimal(18, 4)) * cast(UnitPrice as decimal(18, 4))) as net_sales
    from lines
    semi join invoices using (InvoiceNo)
    where not starts_with(StockCode, 'gift_')
    group by all
    having net_sales != 0
    order by all
"""


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The delivered file."""
    if os.environ.get("ONLINE_RETAIL"):
        return Path(os.environ["ONLINE_RETAIL"])
    return write_lines(tmp_path_factory.mktemp("delivery") / "online retail.parquet")


def write_lines(path: Path) -> Path:
    """Write the made-up lines to a file, typed as the real one is."""
    with duckdb.connect() as connection:
        connection.execute(
            f"copy (select * replace (cast(InvoiceDate as timestamp) as InvoiceDate, "
            f"cast(UnitPrice as double) as UnitPrice, cast(CustomerID as double) as CustomerID) "
            f"from (values {LINES}) as lines ({COLUMNS})) to '{path}' (format parquet)"
        )
    return path


@pytest.fixture(scope="module")
def wholesaler(
    delivered: Path, tmp_path_factory: pytest.TempPathFactory
) -> duckdb.DuckDBPyConnection:
    """The wholesaler's build file, with the delivered lines as the view `delivered`."""
    folder = tmp_path_factory.mktemp("wholesaler")
    build = build_project(folder, "--mapping", "online_retail", "--input", delivered)
    connection = duckdb.connect()
    connection.execute(f"attach '{build}' as build (read_only)")
    connection.execute(f"attach '{folder / 'kpis.duckdb'}' as kpis (read_only)")
    connection.execute(f"create view delivered as select * from read_parquet('{delivered}')")
    return connection


def one(connection: duckdb.DuckDBPyConnection, query: str) -> tuple:
    """The only row of a query."""
    rows = connection.execute(query).fetchall()
    assert len(rows) == 1, rows
    return rows[0]


def test_every_delivered_line_is_accepted_rejected_or_superseded(wholesaler):
    delivered, distinct = one(
        wholesaler,
        "select count(*), (select count(*) from (select distinct * from delivered)) from delivered",
    )
    landed, accepted, superseded = one(
        wholesaler,
        "select count(*), count(*) filter (where row_status = 'accepted'), "
        "count(*) filter (where reject_reason = 'exact_duplicate') "
        "from build.staging.base_contract__order_lines",
    )
    assert landed == delivered
    assert superseded == delivered - distinct
    assert accepted == distinct


def test_monthly_net_sales_are_those_of_the_file_to_the_last_digit(wholesaler):
    expected = wholesaler.execute(MONTHLY_TOTALS).fetchall()
    actual = wholesaler.execute(
        "select period_start, net_sales from kpis.kpi.kpi_sales where period_grain = 'month' "
        "and dimension = 'total' and net_sales != 0 order by period_start"
    ).fetchall()
    assert actual == expected


def test_london_midnight_decides_the_day(wholesaler):
    """Times of the file are London's: 23:30 in June is 22:30 in UTC, and still the same day."""
    moved, wrong = one(
        wholesaler,
        "select count(*) filter (where placed_at != local_time), "
        "count(*) filter (where order_date != cast(local_time as date)) "
        "from kpis.core.fct_orders as orders inner join ("
        "select InvoiceNo, min(InvoiceDate) as local_time from delivered group by all"
        ") as invoices on orders.order_id = invoices.InvoiceNo",
    )
    assert moved > 0
    assert wrong == 0


def test_what_the_file_cannot_tell_is_missing_and_not_zero(wholesaler):
    statuses = dict(
        wholesaler.execute(
            "select variant, any_value(value_status) from kpis.kpi.kpi_values "
            "where dimension = 'total' and is_default and period_grain = 'year' "
            "and kpi in ('cac', 'nps', 'visitor_conversion') group by variant"
        ).fetchall()
    )
    assert statuses == {
        "cac": "missing_source",
        "nps": "missing_source",
        "visitor_conversion_rate": "missing_source",
    }


def test_money_is_in_pounds(wholesaler):
    currencies = wholesaler.execute(
        "select distinct currency_code from kpis.kpi.kpi_values where unit = 'currency'"
    ).fetchall()
    assert currencies == [("GBP",)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--mapping", "online_retail"), "go together"),
        (("--mapping", "nobody", "--input", "x.parquet"), "no mapping `nobody`"),
        (("--mapping", "online_retail", "--input", "x.xlsx"), "neither a Parquet nor a CSV"),
        (("--mapping", "online_retail", "--input", "x.parquet"), "There is no file"),
        (("--mapping", "online_retail", "--input", "{garbage}"), "Cannot read"),
        (("--mapping", "online_retail", "--input", "{columns}"), "has no column"),
    ],
)
def test_a_delivery_that_cannot_be_mapped_is_refused_in_one_line(tmp_path, arguments, message):
    garbage = tmp_path / "garbage.parquet"
    garbage.write_bytes(b"no parquet at all")
    columns = tmp_path / "columns.csv"
    columns.write_text("InvoiceNo,StockCode\n1,A\n", encoding="utf-8")
    filled = [text.format(garbage=garbage, columns=columns) for text in arguments]
    done = run_module("build", *filled, "--out", tmp_path / "kpis.duckdb")
    assert done.returncode != 0
    assert message in done.stderr.replace("\n", " ")
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "kpis.duckdb").exists()


@pytest.mark.parametrize("seed", range(8))
def test_a_file_with_broken_cells_is_mapped_row_by_row(tmp_path, seed):
    """What cannot be read goes on as it is, to be rejected with its reason, or is no key."""
    whole, broken = write_lines(tmp_path / "whole.parquet"), tmp_path / "broken.parquet"
    cells = break_cells(whole, broken, share=0.2, seed=seed)
    rows = map_delivery(load_mapping("online_retail"), broken, tmp_path / "landing")
    with duckdb.connect() as connection:
        lines = "select {}, {}, {} from read_parquet('{}') order by all"
        delivered = lines.format("InvoiceNo", "Quantity", "UnitPrice", broken)
        landed = lines.format(
            "order_id", "quantity", "unit_price", tmp_path / "landing" / "order_lines.parquet"
        )
        assert connection.execute(landed).fetchall() == connection.execute(delivered).fetchall()
        (invoices,) = connection.execute(
            f"select count(distinct coalesce(InvoiceNo, '(none)')) from read_parquet('{broken}')"
        ).fetchone()
    assert cells == 21
    assert rows["order_lines"] == 13
    assert rows["orders"] == invoices


@pytest.mark.skipif(not os.environ.get("ONLINE_RETAIL"), reason="ONLINE_RETAIL names no file")
@pytest.mark.parametrize("threshold", ["0.01", "1"])
def test_the_wholesaler_with_broken_cells_passes_with_a_warning_or_stops_with_a_line(
    delivered, tmp_path, threshold
):
    broken = tmp_path / "broken.parquet"
    assert break_cells(delivered, broken, share=0.01, seed=1) > 40_000
    done = try_build(
        tmp_path,
        *("--mapping", "online_retail", "--input", broken),
        *("--vars", f"{{rejection_threshold: {threshold}}}"),
    )
    said = done.stdout + done.stderr
    assert "Traceback" not in said
    if threshold == "1":
        assert done.returncode == 0, said
        assert "Rows rejected, below rejection_threshold" in said
    else:
        assert done.returncode != 0
        assert "order_lines: " in said
        assert "more than rejection_threshold allows" in said
        assert "FAILED test rejections_stay_below_the_threshold" in said
        assert "1 failed, 0 skipped" in said
        assert not (tmp_path / "kpis.duckdb").exists()
    with duckdb.connect(str(tmp_path / "build.duckdb"), read_only=True) as build:
        lost = build.execute(
            "select * from trust.dq_conservation where rows_residual != 0 or amount_residual != 0 "
            "or fact_rows_residual != 0"
        ).fetchall()
        assert lost == []
        (fates,) = build.execute(
            "select rows_accepted + rows_rejected + rows_superseded from trust.dq_conservation "
            "where table_name = 'order_lines'"
        ).fetchone()
        (rows,) = build.execute(f"select count(*) from read_parquet('{broken}')").fetchone()
        assert fates == rows
