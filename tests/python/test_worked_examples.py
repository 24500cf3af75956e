"""Worked examples that span several models, from landing files to the published KPI tables.

One small business holds them all: each example has accounts and periods of its own, under the
same name as the unit tests beside the models.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import duckdb
import pytest
from conftest import build_project

COMPANIES = """\
company_id,company_name,country_code,industry
A1,Acme,DE,retail
B1,Beta,FR,retail
C1,Gamma,FR,crafts
"""
ORDERS = """\
order_id,placed_at,currency_code,company_id,order_type,order_status,is_test,cancelled_at,order_discount_amount,shipping_amount,tax_amount,total_amount
O1,2025-05-30T09:00:00Z,EUR,A1,sale,placed,false,,15,12,27,174
O2,2025-06-03T10:00:00Z,EUR,A1,sale,placed,false,,0,0,40,240
O3,2025-06-04T10:00:00Z,EUR,A1,sale,placed,true,,0,0,0,999
O4,2025-06-05T10:00:00Z,EUR,A1,sale,cancelled,false,2025-06-06T08:00:00Z,0,0,0,80
L1,2025-01-10T12:00:00Z,EUR,B1,sale,placed,false,,0,0,0,100
L2,2025-08-01T12:00:00Z,EUR,B1,sale,placed,false,,0,0,0,100
M2,2024-03-01T12:00:00Z,EUR,C1,sale,placed,false,,10.00,0,0,90.00
Z1,2026-02-28T23:59:59Z,EUR,C1,sale,placed,false,,0,0,0,1
"""
ORDER_LINES = """\
order_line_id,order_id,quantity,unit_price,product_id
O1-1,O1,1,100,P1
O1-2,O1,1,50,P2
O2-1,O2,2,100,P1
O3-1,O3,1,999,P1
O4-1,O4,1,80,P1
L1-1,L1,1,100,P9
L2-1,L2,1,100,P9
M2-1,M2,1,33.33,Q1
M2-2,M2,1,33.33,Q2
M2-3,M2,1,33.34,Q3
Z1-1,Z1,1,1,P9
"""
REFUNDS = """\
refund_id,order_id,refunded_at,refund_kind,tax_amount
R1,O1,2025-06-10T15:00:00Z,return,9
"""
REFUND_LINES = """\
refund_line_id,refund_id,order_line_id,amount_excl_tax
R1-1,R1,O1-2,45
"""
# K14 in June 2024: 100 accounts order for the first time, 399 did so in March; with C1 500 are
# active at its end. K24 in November 2024: three accounts that bought for 800, 100 and 100.
BOUGHT = [
    *((f"N{number}", "2024-06-10T12:00:00Z", 1) for number in range(100)),
    *((f"H{number}", "2024-03-15T12:00:00Z", 1) for number in range(399)),
    ("S1", "2024-10-15T12:00:00Z", 800),
    ("S2", "2024-10-15T12:00:00Z", 100),
    ("S3", "2024-10-15T12:00:00Z", 100),
]
COMPANIES += "".join(f"{name},,DE,\n" for name, _, _ in BOUGHT)
ORDERS += "".join(
    f"O-{name},{moment},EUR,{name},sale,placed,false,,0,0,0,{amount}\n"
    for name, moment, amount in BOUGHT
)
ORDER_LINES += "".join(f"L-{name},O-{name},1,{amount},P9\n" for name, _, amount in BOUGHT)
# Salaries of June are spread over its days. The window 90 days before June is 3 March to 1 April.
COST_LEDGER = """\
cost_id,incurred_on,amount,currency_code,cost_scope,service_start_date,service_end_date
C1,2024-06-28,1500,EUR,marketing_program,,
C2,2024-07-05,2000,EUR,marketing_people,2024-06-01,2024-07-01
C3,2024-07-05,3000,EUR,sales_people,2024-06-01,2024-07-01
C4,2024-06-30,1000,EUR,sales_commission,,
C5,2024-06-15,5000,EUR,overhead,,
C6,2024-03-02,555,EUR,sales_people,,
C7,2024-03-03,5000,EUR,sales_people,,
C8,2024-04-01,3000,EUR,marketing_people,,
C9,2024-04-02,555,EUR,sales_people,,
"""
AD_SPEND = """\
spend_date,platform,campaign,spend,currency_code
2024-06-01,google_ads,pumps,2000,EUR
2024-06-30,google_ads,pumps,500,EUR
"""
CONTACTS = """\
contact_id,company_id
K1,S1
K2,S1
K3,S1
K4,S2
K5,S3
"""
SURVEYS = """\
survey_id,survey_type,scale_min,scale_max
yearly,relationship,0,10
"""
SURVEY_RESPONSES = """\
response_id,survey_id,contact_id,responded_at,score
A1,yearly,K1,2024-11-04T08:00:00Z,10
A2,yearly,K2,2024-11-05T08:00:00Z,9
A3,yearly,K3,2024-11-06T08:00:00Z,2
A4,yearly,K4,2024-11-07T08:00:00Z,10
A5,yearly,K5,2024-11-30T23:59:59Z,6
"""


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    """The published file of the small business."""
    folder = tmp_path_factory.mktemp("worked examples")
    landing = folder / "landing"
    landing.mkdir()
    tables = {
        "companies": COMPANIES,
        "orders": ORDERS,
        "order_lines": ORDER_LINES,
        "refunds": REFUNDS,
        "refund_lines": REFUND_LINES,
        "cost_ledger": COST_LEDGER,
        "ad_spend": AD_SPEND,
        "contacts": CONTACTS,
        "surveys": SURVEYS,
        "survey_responses": SURVEY_RESPONSES,
    }
    for name, text in tables.items():
        (landing / f"{name}.csv").write_text(text, encoding="utf-8")
    build_project(folder, "--landing-path", landing)
    return duckdb.connect(str(folder / "kpis.duckdb"), read_only=True)


def cell(
    published: duckdb.DuckDBPyConnection,
    table: str,
    columns: str,
    start: str,
    grain: str = "month",
    dimension: str = "total",
    member: str = "all",
) -> tuple:
    """Columns of one cell of a KPI table."""
    rows = published.execute(
        f"select {columns} from kpi.{table} where period_grain = ? and period_start = ? "
        "and dimension = ? and dimension_value = ?",
        [grain, start, dimension, member],
    ).fetchall()
    assert len(rows) == 1, rows
    return rows[0]


SALES = (
    "gross_sales, discounts, returns, cancellations, net_sales, tax, shipping, total_sales, "
    "net_sales_order_dated"
)


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2025-05-01", (150, 15, 0, 0, 135, 27, 12, 174, 90)),
        ("2025-06-01", (280, 0, 45, 80, 155, 31, 0, 186, 200)),
    ],
)
def test_K01_net_sales_135_in_may_155_in_june(published, start, expected):
    assert cell(published, "kpi_sales", SALES, start) == tuple(map(Decimal, expected))


def test_K01_products_of_june_are_200_and_minus_45(published):
    june = {
        member: cell(
            published, "kpi_sales", "net_sales", "2025-06-01", dimension="product", member=member
        )[0]
        for member in ("P1", "P2")
    }
    assert june == {"P1": Decimal(200), "P2": Decimal(-45)}


def test_K01_the_test_order_is_excluded_by_name(published):
    excluded = published.execute(
        "select order_id, exclusion_reason from core.fct_orders where not is_eligible"
    ).fetchall()
    assert excluded == [("O3", "test_order")]


def test_M2_a_discount_of_ten_is_spread_by_the_largest_remainder(published):
    discounts = published.execute(
        "select order_line_id, sum(discounts) from core.fct_sales_entries "
        "where order_id = 'M2' and order_line_id is not null group by all order by all"
    ).fetchall()
    assert [amount for _, amount in discounts] == [
        Decimal("3.33"),
        Decimal("3.33"),
        Decimal("3.34"),
    ]


def test_churn_of_an_order_on_10_january_is_a_loss_of_july_and_of_the_third_quarter(published):
    spells = published.execute(
        "select active_from, active_to from core.fct_account_spells "
        "where account_id = 'B1' order by active_from"
    ).fetchall()
    assert spells == [
        (date(2025, 1, 10), date(2025, 7, 9)),
        (date(2025, 8, 1), date(2026, 1, 28)),
    ]
    lost = {
        month: cell(
            published,
            "kpi_customer_churn",
            "customers_lost, customers_reactivated",
            f"2025-{month:02d}-01",
        )
        for month in (6, 7, 8)
    }
    assert lost == {6: (0, 0), 7: (1, 0), 8: (0, 1)}
    # Back on 1 August, so at the end of the quarter it is a customer again.
    quarter = cell(
        published,
        "kpi_customer_churn",
        "customers_lost, churn_events, reactivation_events",
        "2025-07-01",
        grain="quarter",
    )
    assert quarter == (0, 1, 1)


def test_K14_cac_100_marketing_only_60_fully_loaded_150_per_customer_12_lagged_80(published):
    parts = "marketing_cost, sales_cost, overhead_cost, paid_media_cost, acquisition_cost_lagged"
    assert cell(published, "kpi_cac", parts, "2024-06-01") == (6000, 4000, 5000, 2500, 8000)
    counts = "new_customers, customers_active_at_end"
    assert cell(published, "kpi_cac", counts, "2024-06-01") == (100, 500)
    variants = "cac, cac_marketing_only, cac_fully_loaded, cac_per_customer_all, cac_lagged"
    assert cell(published, "kpi_cac", variants, "2024-06-01") == (100, 60, 150, 12, 80)
    # July has cost nowhere and nobody new; a month without bookings is no cheap month.
    assert cell(published, "kpi_cac", "cac, is_cost_missing", "2024-07-01") == (None, True)


def test_K15_marketing_is_60_percent_of_cac_and_40_percent_fully_loaded(published):
    shares = "marketing_share_of_cac, marketing_share_of_fully_loaded_cac, new_customers"
    june = cell(published, "kpi_marketing_share_of_cac", shares, "2024-06-01")
    assert june == (0.6, 0.4, 100)


def test_K24_nps_20_accounts_equal_11_1_revenue_weighted_26_7(published):
    scores = "nps, nps_account_equal, nps_revenue_weighted, responses, accounts"
    november = cell(published, "kpi_nps", scores, "2024-11-01")
    assert tuple(round(value, 1) for value in november) == (20, 11.1, 26.7, 5, 3)


def test_without_touches_and_bookings_of_retention_these_kpis_say_missing_source(
    published,
):
    statuses = published.execute(
        "select kpi, list(distinct value_status) from kpi.kpi_values where is_default and kpi in "
        "('attribution', 'marketing_originated', 'retention_cost', 'romi', 'visitor_conversion') "
        "group by all order by 1"
    ).fetchall()
    assert statuses == [
        ("attribution", ["missing_source"]),
        ("marketing_originated", ["missing_source"]),
        ("retention_cost", ["missing_source"]),
        ("romi", ["missing_source"]),
        ("visitor_conversion", ["missing_source"]),
    ]
    parts = "new_customers, new_customers_originated, people_reached"
    june = cell(published, "kpi_marketing_originated", parts, "2024-06-01")
    assert june == (100, None, None)


def test_every_bi_view_of_the_published_file_can_be_read(published):
    views = published.execute(
        "select view_name from duckdb_views() where schema_name = 'bi' order by view_name"
    ).fetchall()
    assert len(views) > 100
    for (name,) in views:
        published.execute(f'select * from bi."{name}"').fetchall()


def test_bi_sales_lists_months_and_products_of_a_month(published):
    months = published.execute(
        "select net_sales from bi.sales where period_start = '2025-06-01'"
    ).fetchall()
    products = published.execute(
        "select product, net_sales from bi.sales_by_product "
        "where period_start = '2025-06-01' order by product"
    ).fetchall()
    assert months == [(Decimal(155),)]
    assert products == [("P1", Decimal(200)), ("P2", Decimal(-45))]


def test_D9_a_plain_sum_over_a_bi_view_counts_nothing_twice(published):
    total = published.execute("select sum(net_sales), sum(orders_valid) from bi.sales").fetchall()
    by_channel = published.execute(
        "select sum(net_sales), sum(orders_valid) from bi.sales_by_sales_channel"
    ).fetchall()
    by_product = published.execute("select sum(net_sales) from bi.sales_by_product").fetchall()
    by_week = published.execute("select sum(net_sales) from bi.sales_week").fetchall()
    assert by_channel == total
    assert by_product == by_week == [(total[0][0],)]
    # What a plain sum would count twice is not there under the name that asks for one.
    columns = {
        name
        for (name,) in published.execute(
            "select column_name from duckdb_columns() where schema_name = 'bi' "
            "and table_name = 'aov_by_product_in_order'"
        ).fetchall()
    }
    assert "distinct_orders_valid" in columns
    assert "orders_valid" not in columns


def test_the_spine_ends_with_the_data_and_its_last_month_is_running(published):
    last = published.execute(
        "select period_start, is_complete_period, as_of from kpi.kpi_sales "
        "where period_grain = 'month' and dimension = 'total' order by 1 desc limit 1"
    ).fetchall()
    assert last[0][:2] == (date(2026, 2, 1), False)
    assert str(last[0][2]) == "2026-02-28 23:59:59"
