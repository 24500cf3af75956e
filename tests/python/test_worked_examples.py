"""Worked examples that span several models, from landing files to the published KPI tables.

One small business holds them all: each example has accounts and periods of its own, under the
same name as the unit tests beside the models. The same business with the three required tables
only shows what is then missing.
"""

from __future__ import annotations

import csv
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from commerce_kpis.kpi_yaml import kpi_models
from conftest import PROJECT, build_environment, build_project, run_dbt, run_module

COMPANIES = """\
company_id,company_name,country_code,industry
A1,Acme,DE,retail
B1,Beta,FR,retail
C1,Gamma,FR,crafts
"""
ORDERS = """\
order_id,placed_at,currency_code,company_id,order_type,order_status,is_test,cancelled_at,order_discount_amount,shipping_amount,tax_amount,total_amount,client_id
O1,2025-05-30T09:00:00Z,EUR,A1,sale,placed,false,,15,12,27,174,
O2,2025-06-03T10:00:00Z,EUR,A1,sale,placed,false,,0,0,40,240,
O3,2025-06-04T10:00:00Z,EUR,A1,sale,placed,true,,0,0,0,999,
O4,2025-06-05T10:00:00Z,EUR,A1,sale,cancelled,false,2025-06-06T08:00:00Z,0,0,0,80,
L1,2025-01-10T12:00:00Z,EUR,B1,sale,placed,false,,0,0,0,100,
L2,2025-08-01T12:00:00Z,EUR,B1,sale,placed,false,,0,0,0,100,
M2,2024-03-01T12:00:00Z,EUR,C1,sale,placed,false,,10.00,0,0,90.00,
Z1,2026-02-28T23:59:59Z,EUR,C1,sale,placed,false,,0,0,0,1,
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
B0,O-B0,2025-11-03T12:00:00Z,return,0
B1,O-J0,2025-11-20T12:00:00Z,return,0
B2,O-J1,2025-12-05T12:00:00Z,return,0
"""
REFUND_LINES = """\
refund_line_id,refund_id,order_line_id,amount_excl_tax,quantity,reason
R1-1,R1,O1-2,45,,
B0-1,B0,L-B0,80,4,changed_mind
B1-1,B1,L-J0,40,2,changed_mind
B2-1,B2,L-J1,15,1,defective
B2-2,B2,L-J1,10,0,changed_mind
"""
# Each buys once, one line at a price. K14 in June 2024: 100 accounts order for the first time, 399
# did so in March; with C1 500 are active at its end. K24 in November 2024: three accounts that
# bought for 800, 100 and 100. K23 in November 2025: ten orders of 4 units and 100, one of October.
# K06 and K13: leads that became customers. Golden path: an order of 1,000.
BOUGHT = [
    *((f"N{number}", "2024-06-10", 1, 1) for number in range(100)),
    *((f"H{number}", "2024-03-15", 1, 1) for number in range(399)),
    ("S1", "2024-10-15", 1, 800),
    ("S2", "2024-10-15", 1, 100),
    ("S3", "2024-10-15", 1, 100),
    ("B0", "2025-10-20", 4, 25),
    *((f"J{number}", "2025-11-10", 4, 25) for number in range(10)),
    ("T10", "2025-09-11", 1, 1),
    ("T30", "2025-10-01", 1, 1),
    ("T60", "2025-10-31", 1, 1),
    ("U10", "2025-12-11", 1, 1),
    ("U20", "2025-12-21", 1, 1),
    ("U30", "2025-12-31", 1, 1),
    ("G1", "2026-01-20", 1, 1000),
]
LEADS_ONLY = [*(f"T{letter}" for letter in "abcdefg"), "Ua", "Ub"]
SUBSCRIBERS = [f"M{letter}" for letter in "ABCDE"]
COMPANIES += "".join(
    f"{name},,DE,\n" for name in [*(name for name, *_ in BOUGHT), *LEADS_ONLY, *SUBSCRIBERS]
)
ORDERS += "".join(
    f"O-{name},{day}T12:00:00Z,EUR,{name},sale,placed,false,,0,0,0,{quantity * price},V-{name}\n"
    for name, day, quantity, price in BOUGHT
)
ORDER_LINES += "".join(
    f"L-{name},O-{name},{quantity},{price},P9\n" for name, _, quantity, price in BOUGHT
)
# K06: as_of is 28 February 2026, so two of the ten leads are open at 20 and 40 days. K13: three
# converted after 10, 20 and 30 days, two open at 45 and 60.
LEADS = """\
lead_id,created_at,company_id,lead_source
T10,2025-09-01T12:00:00Z,T10,fair
T30,2025-09-01T12:00:00Z,T30,fair
T60,2025-09-01T12:00:00Z,T60,fair
Ta,2025-09-05T12:00:00Z,Ta,fair
Tb,2025-09-05T12:00:00Z,Tb,fair
Tc,2025-09-05T12:00:00Z,Tc,fair
Td,2025-09-05T12:00:00Z,Td,fair
Te,2025-11-20T12:00:00Z,Te,fair
Tf,2026-02-08T12:00:00Z,Tf,fair
Tg,2026-01-19T12:00:00Z,Tg,fair
U10,2025-12-01T12:00:00Z,U10,partner
U20,2025-12-01T12:00:00Z,U20,partner
U30,2025-12-01T12:00:00Z,U30,partner
Ua,2026-01-14T12:00:00Z,Ua,partner
Ub,2025-12-30T12:00:00Z,Ub,partner
G1,2025-12-31T12:00:00Z,G1,webinar
"""
OPPORTUNITIES = """\
opportunity_id,created_at,opportunity_status,closed_at,company_id,lead_id
G1,2026-01-10T12:00:00Z,won,2026-01-20T12:00:00Z,G1,G1
"""
TOUCHES = """\
touch_id,touched_at,company_id,marketing_channel
G1-1,2025-12-11T12:00:00Z,G1,paid_search
G1-2,2025-12-31T11:59:00Z,G1,webinar
G1-3,2026-01-10T11:59:00Z,G1,email
G1-4,2026-01-20T11:59:00Z,G1,direct
"""
# K22: MD left in October and returns in December.
SUBSCRIPTIONS = """\
subscription_id,company_id,start_date,end_date,unit_price,currency_code,billing_interval
MA,MA,2025-09-01,,100,EUR,month
MB,MB,2025-09-01,,200,EUR,month
MC,MC,2025-09-01,2025-12-20,50,EUR,month
MD,MD,2025-09-01,2025-10-10,60,EUR,month
MD2,MD,2025-12-12,,70,EUR,month
ME,ME,2025-12-10,,1200,EUR,year
"""
SUBSCRIPTION_CHANGES = """\
change_id,subscription_id,effective_date,change_type,unit_price
MA1,MA,2025-12-05,change,150
MB1,MB,2025-12-15,change,120
"""
# K03 on the last day of March 2025. K05 and K07 on 10 June 2024: 1,000 visits that end at some
# step; the first 100 are those of the buyers of K14.
STEPS = {"page_view": 1000, "product_view": 600, "add_to_cart": 200, "checkout": 120}
WEB_EVENTS = """\
event_id,event_at,event_name,client_id
W1-1,2025-03-31T10:00:00Z,page_view,W1
W1-2,2025-03-31T10:20:00Z,page_view,W1
W1-3,2025-03-31T10:51:00Z,page_view,W1
W2-1,2025-03-31T23:50:00Z,page_view,W2
W2-2,2025-04-01T00:10:00Z,page_view,W2
"""
WEB_EVENTS += "".join(
    f"{step}-{number},2024-06-10T11:{40 + 5 * minutes}:00Z,{step},V-N{number}\n"
    for minutes, (step, reached) in enumerate(STEPS.items())
    for number in range(reached)
)
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


REQUIRED = {"companies": COMPANIES, "orders": ORDERS, "order_lines": ORDER_LINES}
OPTIONAL = {
    "refunds": REFUNDS,
    "refund_lines": REFUND_LINES,
    "cost_ledger": COST_LEDGER,
    "ad_spend": AD_SPEND,
    "contacts": CONTACTS,
    "surveys": SURVEYS,
    "survey_responses": SURVEY_RESPONSES,
    "leads": LEADS,
    "opportunities": OPPORTUNITIES,
    "touches": TOUCHES,
    "subscriptions": SUBSCRIPTIONS,
    "subscription_changes": SUBSCRIPTION_CHANGES,
    "web_events": WEB_EVENTS,
}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    """The published file of the small business."""
    return publish(tmp_path_factory.mktemp("worked examples"), REQUIRED | OPTIONAL)


@pytest.fixture(scope="module")
def required_only(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    """The build file, with all data tests, when it delivers the three required tables only."""
    folder = tmp_path_factory.mktemp("required only")
    variables = {"landing": "files", "landing_path": str(delivered(folder, REQUIRED))}
    options = ("--exclude-resource-type", "unit_test", "--vars", json.dumps(variables))
    done = run_dbt(PROJECT, "--no-use-colors", "build", *options, **build_environment(folder))
    assert done.returncode == 0, done.stdout[-3000:]
    return duckdb.connect(str(folder / "build.duckdb"), read_only=True)


def publish(folder: Path, tables: dict[str, str]) -> duckdb.DuckDBPyConnection:
    """Deliver tables as files, build, and open what is published."""
    build_project(folder, "--landing-path", delivered(folder, tables))
    return duckdb.connect(str(folder / "kpis.duckdb"), read_only=True)


def delivered(folder: Path, tables: dict[str, str]) -> Path:
    """The landing folder with tables as files."""
    landing = folder / "landing"
    landing.mkdir()
    for name, text in tables.items():
        (landing / f"{name}.csv").write_text(text, encoding="utf-8")
    return landing


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


def percent(values: tuple) -> tuple:
    """Fractions as percent, as printed."""
    return tuple(round(100 * value, 2) for value in values)


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


def test_K01_explained_by_its_rows(published, tmp_path):
    """Net sales of June: O2 +200, O4 +80 and -80, R1 -45; without O3, a test order of 999."""
    file = published.execute(
        "select path from duckdb_databases() where path is not null"
    ).fetchone()
    out = tmp_path / "rows.csv"
    done = run_module(
        *("explain", "sales", "--variant", "net_sales", "--period", "2025-06"),
        *("--file", file[0], "--csv", out),
    )
    assert done.returncode == 0, done.stderr
    with out.open(encoding="utf-8", newline="") as source:
        rows = [
            (row["counts"], row["order_id"], Decimal(row["net_sales"]), row["exclusion_reason"])
            for row in csv.DictReader(source)
        ]
    assert sorted(rows) == [
        ("false", "O3", Decimal(999), "test_order"),
        ("true", "O1", Decimal(-45), ""),
        ("true", "O2", Decimal(200), ""),
        ("true", "O4", Decimal(-80), ""),
        ("true", "O4", Decimal(80), ""),
    ]
    assert "155 EUR" in done.stdout and "test_order (net_sales 999)" in done.stdout


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


MOVEMENTS = (
    "mrr_at_start, mrr_new, mrr_expansion, mrr_contraction, mrr_churned, mrr_reactivated, mrr, arr"
)


def test_K22_mrr_moves_from_350_to_440(published):
    december = cell(published, "kpi_mrr", MOVEMENTS, "2025-12-01")
    assert december == (350, 100, 50, 80, 50, 70, 440, 5280)


def test_K22_grr_62_86_nrr_77_14_with_reactivation_97_14_quick_ratio_1_69(published):
    shares = "grr, nrr, nrr_incl_reactivation, mrr_churn_rate, account_churn_rate"
    december = cell(published, "kpi_mrr_retention", shares, "2025-12-01")
    assert percent(december) == (62.86, 77.14, 97.14, 37.14, 33.33)
    (quick_ratio,) = cell(published, "kpi_mrr_retention", "quick_ratio", "2025-12-01")
    assert round(quick_ratio, 2) == 1.69


def test_K23_refund_rate_12_cohort_6_5_orders_20_units_7_5_quality_23_1_percent(published):
    parts = "refunds, order_value, refunds_of_orders, orders_valid, units"
    november = cell(published, "kpi_refunds", parts, "2025-11-01")
    assert november == (120, 1000, 65, 10, 40)
    variants = (
        "refund_rate, refund_rate_cohort, refund_rate_orders, return_rate_units, "
        "refund_share_quality"
    )
    november = cell(published, "kpi_refunds", variants, "2025-11-01")
    assert percent(november) == (12, 6.5, 20, 7.5, 23.08)


def test_K06_of_ten_leads_30_percent_matured_37_5_kaplan_meier_34_375(published):
    variants = "lead_conversion_rate, lead_conversion_rate_matured, lead_conversion_rate_km"
    parts = "leads_eligible, leads_converted_in_window, leads_matured, leads_matured_converted"
    of_the_fair = {"grain": "r12m", "dimension": "lead_source", "member": "fair"}
    year = cell(published, "kpi_lead_conversion", parts, "2025-03-01", **of_the_fair)
    assert year == (10, 3, 8, 3)
    year = cell(published, "kpi_lead_conversion", variants, "2025-03-01", **of_the_fair)
    assert year == (0.3, 0.375, pytest.approx(0.34375, abs=1e-12))


def test_K13_mean_20_median_20_p90_28_kaplan_meier_median_30(published):
    variants = (
        "sales_cycle_days, sales_cycle_days_median, sales_cycle_days_p90, "
        "sales_cycle_days_km_median"
    )
    of_partners = {"grain": "r12m", "dimension": "lead_source", "member": "partner"}
    year = cell(published, "kpi_sales_cycle", variants, "2025-03-01", **of_partners)
    assert year == (20, 20, 28, 30)


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("first", (1000, 0, 0, 0)),
        ("last", (0, 0, 0, 1000)),
        ("last_non_direct", (0, 0, 1000, 0)),
        ("linear", (250, 250, 250, 250)),
        ("position_40_20_40", (400, 100, 100, 400)),
        ("w_30_30_30_10", (300, 300, 300, 100)),
        ("full_path_22_5", (250, 250, 250, 250)),
        ("time_decay_7d", (12.46, 90.29, 243.04, 654.21)),
        ("time_decay_30d", (140.70, 223.35, 281.40, 354.55)),
    ],
)
def test_the_golden_path_of_an_order_of_1000(published, model, expected):
    by_channel = tuple(
        cell(
            published,
            "kpi_attribution",
            f"net_sales_{model}, 1000 * new_customers_{model}",
            "2026-01-01",
            dimension="marketing_channel",
            member=channel,
        )
        for channel in ("Paid Search", "Webinar", "Email", "Direct")
    )
    assert tuple(round(float(net_sales), 2) for net_sales, _ in by_channel) == expected
    assert tuple(round(float(credit), 2) for _, credit in by_channel) == expected


def test_K03_three_sessions_of_two_visitors_five_pages_1_67_per_session(published):
    parts = "visitors, sessions, pageviews, pages_per_session"
    march = cell(published, "kpi_web_traffic", parts, "2025-03-01")
    assert (*march[:3], round(march[3], 2)) == (2, 3, 5, 1.67)
    # A session that began before midnight is the last day's; the next has none.
    assert cell(published, "kpi_web_traffic", parts, "2025-04-01") == (0, 0, 0, None)


def test_K05_visitor_conversion_10_percent_of_1000_visitors(published):
    parts = "visitors, visitors_with_order, visitor_conversion_rate"
    assert cell(published, "kpi_visitor_conversion", parts, "2024-06-01") == (1000, 100, 0.1)


def test_K07_web_funnel_60_33_33_60_83_33_whole_10_percent(published):
    steps = ["product_view", "cart", "checkout", "order"]
    counts = ", ".join(["sessions", *(f"sessions_with_{step}" for step in steps)])
    june = cell(published, "kpi_web_funnel", counts, "2024-06-01")
    assert june == (1000, 600, 200, 120, 100)
    lost = ", ".join(f"sessions_with_{step}_lost" for step in steps)
    assert cell(published, "kpi_web_funnel", lost, "2024-06-01") == (400, 400, 80, 20)
    rates = ", ".join(f"sessions_with_{step}_step_rate" for step in steps)
    june = cell(published, "kpi_web_funnel", f"{rates}, web_funnel_rate", "2024-06-01")
    assert percent(june) == (60, 33.33, 60, 83.33, 10)


# The only defaults that orders alone can tell, in June 2025.
WITH_THREE_TABLES = {
    "aov": ("low_n", 200),
    "churn_by_tenure": ("low_n", 0),
    "clv": ("left_censored", 11.53),
    "cohort_retention": ("ok", 0),
    "customer_churn": ("low_n", 0),
    "customer_retention": ("low_n", 1),
    "repeat_customers": ("ok", 0),
}


def test_with_three_tables_every_other_kpi_says_missing_source(required_only):
    june = required_only.execute(
        "select kpi, value_status, round(value, 2) from kpi.kpi_values where is_default "
        "and dimension = 'total' and period_grain = 'month' and period_start = '2025-06-01'"
    ).fetchall()
    missing = {model.name.removeprefix("kpi_"): ("missing_source", None) for model in kpi_models()}
    assert {kpi: (status, value) for kpi, status, value in june} == missing | WITH_THREE_TABLES
    statuses = required_only.execute(
        "select distinct kpi, value_status = 'missing_source' from kpi.kpi_values where is_default"
    ).fetchall()
    assert dict(statuses) == {kpi: kpi not in WITH_THREE_TABLES for kpi in missing}
    assert len(statuses) == len(missing)


def test_with_three_tables_what_needs_another_is_null_and_never_0(required_only):
    has = set(REQUIRED)
    for table, text in REQUIRED.items():
        header, _, _ = text.partition("\n")
        has |= {f"{table}.{column}" for column in header.split(",")}
    shown = {}
    for model in kpi_models():
        told = {**model.meta["parts"], **model.meta["variants"]}
        lacking = [
            name
            for name, it in told.items()
            for need in it.get("needs", [])
            if not any(choice.strip() in has for choice in need.split("|"))
        ]
        for name in lacking:
            query = f"select count({name}) from kpi.{model.name}"
            shown[f"{model.name}.{name}"] = required_only.execute(query).fetchone()[0]
    assert len(shown) > 300
    assert {name: cells for name, cells in shown.items() if cells} == {}
    parts = "new_customers, new_customers_originated, people_reached"
    june = cell(required_only, "kpi_marketing_originated", parts, "2024-06-01")
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
