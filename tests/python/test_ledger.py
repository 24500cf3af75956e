"""What was reported: two deliveries of a small business, published one after the other."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import pytest
from commerce_kpis.console import UserError
from commerce_kpis.ledger import backup_file
from commerce_kpis.publish import publish
from conftest import build_project, run_module

COMPANIES = "company_id,company_name,merged_into_company_id\n" + "".join(
    f"{name},Company {name},\n" for name in ("A", "B", "C", "D", "E", "F", "G", "H", "L")
)
ORDERS = """\
order_id,placed_at,currency_code,company_id,order_status,cancelled_at,total_amount
june,2025-06-10T12:00:00Z,EUR,A,placed,,10000
may,2025-05-05T12:00:00Z,EUR,B,placed,,500
april,2025-04-05T12:00:00Z,USD,C,placed,,1000
march,2025-03-05T12:00:00Z,EUR,D,placed,,700
february,2025-02-05T12:00:00Z,EUR,E,placed,,100
january,2025-01-05T12:00:00Z,EUR,F,placed,,100
december1,2024-12-05T12:00:00Z,EUR,G,placed,,100
december2,2024-12-06T12:00:00Z,EUR,H,placed,,100
"""
LINES = "order_line_id,order_id,quantity,unit_price\n" + "".join(
    f"{row.split(',')[0]}-1,{row.split(',')[0]},1,{row.split(',')[-1]}\n"
    for row in ORDERS.splitlines()[1:]
)
FIRST = {
    "companies": COMPANIES,
    "orders": ORDERS,
    "order_lines": LINES,
    "refunds": "refund_id,order_id,refunded_at,amount_excl_tax\n",
    "fx_rates": "rate_date,from_currency,to_currency,rate\n2025-04-05,USD,EUR,0.9\n",
    "leads": "lead_id,created_at,company_id,lead_source\nL1,2025-06-05T12:00:00Z,L,fair\n",
    "cost_ledger": (
        "cost_id,incurred_on,amount,currency_code,cost_scope\n"
        "K1,2025-01-10,100,EUR,marketing_program\n"
    ),
}
# Each changes the past in one way.
SECOND = {
    **FIRST,
    "companies": COMPANIES.replace("G,Company G,", "G,Company G,H"),
    "orders": ORDERS.replace("D,placed,,700", "D,cancelled,2025-07-12T12:00:00Z,700")
    + "late,2025-06-28T12:00:00Z,EUR,A,placed,,300\n"
    + "july,2025-07-05T12:00:00Z,EUR,L,placed,,50\n",
    "order_lines": LINES.replace("february-1,february,1,100", "february-1,february,1,120")
    + "late-1,late,1,300\njuly-1,july,1,50\n",
    "refunds": FIRST["refunds"] + "R1,may,2025-07-10T12:00:00Z,50\n",
    "fx_rates": FIRST["fx_rates"].replace("0.9", "0.8"),
    "cost_ledger": FIRST["cost_ledger"] + "K2,2025-01-20,50,EUR,marketing_program\n",
}


@dataclass(frozen=True)
class History:
    """The folder with build.duckdb and kpis.duckdb after both deliveries, and what the published
    file was after the first."""

    folder: Path
    after_first: Path

    @property
    def published(self) -> Path:
        return self.folder / "kpis.duckdb"

    @property
    def build(self) -> Path:
        return self.folder / "build.duckdb"


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    folder = tmp_path_factory.mktemp("history")
    for name, delivery, as_of in (
        ("first", FIRST, "2025-07-01"),
        ("second", SECOND, "2025-07-20"),
    ):
        landing = folder / name
        landing.mkdir()
        for table, text in delivery.items():
            (landing / f"{table}.csv").write_text(text, encoding="utf-8")
        build_project(folder, "--landing-path", landing, "--as-of", as_of)
        if name == "first":
            shutil.copyfile(folder / "kpis.duckdb", folder / "after_first.duckdb")
    # Which no test here reads, and which take longer to publish than all else of a small business.
    with duckdb.connect(str(folder / "build.duckdb")) as connection:
        connection.execute("drop schema bi cascade")
    return History(folder, folder / "after_first.duckdb")


def query(file: Path, sql: str, *values: object) -> list[tuple]:
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute(sql, list(values)).fetchall()


def versions(file: Path, kpi: str, variant: str, start: str) -> list[tuple]:
    """Value and reason of the total of a month, as reported one after the other."""
    return query(
        file,
        "select value, reason from trust.kpi_reported where kpi = ? and variant = ? "
        "and period_grain = 'month' and period_start = ? and dimension = 'total' "
        "order by known_from",
        kpi,
        variant,
        start,
    )


@pytest.mark.parametrize(
    ("kpi", "variant", "month", "first", "second", "reason"),
    [
        ("sales", "net_sales", "2025-06-01", 10000, 10300, "late_order"),
        ("sales", "net_sales_order_dated", "2025-05-01", 500, 450, "late_refund"),
        ("sales", "net_sales_order_dated", "2025-03-01", 700, 0, "cancellation"),
        ("sales", "net_sales", "2025-04-01", 900, 800, "fx_rate"),
        ("sales", "net_sales", "2025-02-01", 100, 120, "source_correction"),
        ("cac", "cac", "2025-01-01", 100, 150, "late_cost"),
        ("lead_conversion", "lead_conversion_rate", "2025-06-01", 0, 1, "matured"),
        ("repeat_customers", "repeat_customer_rate", "2024-12-01", 0, 1, "identity_merge"),
    ],
)
def test_a_changed_number_says_what_changed_it(
    history: History,
    kpi: str,
    variant: str,
    month: str,
    first: float,
    second: float,
    reason: str,
) -> None:
    found = versions(history.published, kpi, variant, month)
    assert found == [(first, "first_report"), (second, reason)]


def test_what_was_reported_stays_as_it_was(history: History) -> None:
    """K01: a refund in July does not change what May and June were in net sales."""
    assert versions(history.published, "sales", "net_sales", "2025-05-01") == [
        (500, "first_report")
    ]
    key = "kpi, variant, period_grain, period_start, dimension, dimension_value"
    before = query(history.after_first, f"select {key}, value, reason from trust.kpi_reported")
    still = query(
        history.published,
        f"select {key}, value, reason from trust.kpi_reported where publishing_number = 1",
    )
    assert {*before} == {*still}
    # Running totals have no other name for that: each key has one open row, and no two overlap.
    wrong = f"""
        select {key}
        from trust.kpi_reported
        group by all
        having count(*) filter (where known_to is null) != 1
        union all
        select {key} from trust.kpi_reported where known_to <= known_from
    """
    assert query(history.published, wrong) == []


def test_as_of_queries_give_what_was_known_then(history: History) -> None:
    moments = query(history.published, "select known_from from trust.kpi_publishings order by all")
    known = "select value from trust.kpi_reported_at(?) where kpi = 'sales' "
    known += "and variant = 'net_sales' and period_grain = 'month' and dimension = 'total' "
    known += "and period_start = '2025-06-01'"
    assert [query(history.published, known, moment) for (moment,) in moments] == [
        [(10000,)],
        [(10300,)],
    ]
    assert query(history.published, known, datetime(2020, 1, 1)) == []


def test_the_same_build_again_adds_no_row(history: History, tmp_path: Path) -> None:
    out = shutil.copyfile(history.published, tmp_path / "kpis.duckdb")
    published = publish(history.build, out)
    assert (published.ledger.rows_added, published.ledger.publishing_number) == (0, 3)
    rows = "select count(*) from trust.kpi_reported_values"
    assert query(out, rows) == query(history.published, rows)


def changed_build(history: History, folder: Path, sql: str) -> Path:
    """The second build with a change, as if other code had made it."""
    build = shutil.copyfile(history.build, folder / "build.duckdb")
    with duckdb.connect(str(build)) as connection:
        connection.execute(sql)
    return build


AOV = "kpi = 'aov' and variant = 'aov'"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("definition_hash = 'another', numerator = 2 * numerator, value = 2 * value",
         "definition_change"),
        ("numerator = 2 * numerator, value = 2 * value", "rule_change"),
    ],
)  # fmt: skip
def test_a_changed_formula_or_rule_shows_as_such(
    history: History, tmp_path: Path, change: str, reason: str
) -> None:
    out = shutil.copyfile(history.published, tmp_path / "kpis.duckdb")
    build = changed_build(
        history, tmp_path, f"update kpi.kpi_values set {change} where {AOV} and value is not null"
    )
    published = publish(build, out)
    assert published.ledger.restated == {reason: published.ledger.rows_added}
    assert versions(out, "aov", "aov", "2025-05-01") == [(500, "first_report"), (1000, reason)]


def test_another_wording_of_a_definition_is_no_change_of_it(
    history: History, tmp_path: Path
) -> None:
    """As scripts/update_definitions --same-numbers records it: a change then has another reason."""
    out = shutil.copyfile(history.published, tmp_path / "kpis.duckdb")
    recorded = "select kpi, variant, definition_version, 'another', changed_on, what_changed, why"
    build = changed_build(
        history,
        tmp_path,
        f"""
        update kpi.kpi_values set definition_hash = 'another' where {AOV};
        update kpi.kpi_values
        set numerator = 2 * numerator, value = 2 * value where {AOV} and value is not null;
        update kpi.kpi_catalog_changes set definition_hash = (
            select any_value(definition_hash) from kpi.kpi_catalog where {AOV}
        ) where {AOV};
        insert into kpi.kpi_catalog_changes {recorded} from kpi.kpi_catalog_changes where {AOV};
        """,
    )
    assert "definition_change" not in publish(build, out).ledger.restated


def test_a_value_that_is_gone_is_closed_and_not_deleted(history: History, tmp_path: Path) -> None:
    out = shutil.copyfile(history.published, tmp_path / "kpis.duckdb")
    publish(changed_build(history, tmp_path, f"delete from kpi.kpi_values where {AOV}"), out)
    last = query(
        out, f"select bool_and(is_removed) from trust.kpi_reported where {AOV} and known_to is null"
    )
    assert last == [(True,)]
    moment = query(out, "select max(known_from) from trust.kpi_publishings")[0][0]
    assert query(out, f"from trust.kpi_reported_at(?) where {AOV}", moment) == []


def test_it_is_restored_from_beside_a_published_file_that_is_gone(
    history: History, tmp_path: Path
) -> None:
    out = tmp_path / "kpis.duckdb"
    shutil.copyfile(backup_file(history.published), backup_file(out))
    published = publish(history.build, out)
    assert "restored" in published.ledger.note and published.ledger.publishing_number == 3
    assert versions(out, "sales", "net_sales", "2025-06-01") == [
        (10000, "first_report"),
        (10300, "late_order"),
    ]


def damage(file: Path) -> None:
    """Take a row out, as a hand that edits the file would."""
    with duckdb.connect(str(file)) as connection:
        connection.execute(
            "delete from trust.kpi_reported_values where rowid in "
            "(select min(rowid) from trust.kpi_reported_values)"
        )


def overwrite(file: Path) -> None:
    """Destroy what a disk would."""
    with file.open("r+b") as target:
        target.seek(4096)
        target.write(b"\0" * 200_000)


@pytest.mark.parametrize("harm", [damage, overwrite])
def test_a_damaged_ledger_is_refused(history: History, tmp_path: Path, harm: object) -> None:
    out = shutil.copyfile(history.published, tmp_path / "kpis.duckdb")
    shutil.copyfile(backup_file(history.published), backup_file(out))
    harm(out)
    before = out.read_bytes()
    with pytest.raises(UserError, match="move it away"):
        publish(history.build, out)
    assert out.read_bytes() == before
    out.unlink()
    assert publish(history.build, out).ledger.publishing_number == 3


@pytest.mark.parametrize("harm", [damage, overwrite])
def test_a_damaged_backup_is_refused_when_it_is_needed(
    history: History, tmp_path: Path, harm: object
) -> None:
    out = tmp_path / "kpis.duckdb"
    backup = shutil.copyfile(backup_file(history.published), backup_file(out))
    harm(backup)
    with pytest.raises(UserError, match=r"reported\.duckdb.*move it away to do without"):
        publish(history.build, out)
    assert not out.exists()
    shutil.copyfile(history.published, out)
    assert "written anew" in publish(history.build, out).ledger.note
    assert query(backup, "select max(publishing_number) from trust.kpi_publishings") == [(3,)]


def test_a_copy_that_cannot_be_written_does_not_deny_the_publishing(
    history: History, tmp_path: Path
) -> None:
    out = shutil.copyfile(history.published, tmp_path / "kpis.duckdb")
    (backup_file(out) / "in the way").mkdir(parents=True)
    with pytest.raises(UserError, match="was published, but the copy"):
        publish(history.build, out)
    assert query(out, "select max(publishing_number) from trust.kpi_publishings") == [(3,)]
    assert [path.name for path in tmp_path.glob(".*publishing*")] == []


def test_an_older_file_put_back_is_refused(history: History, tmp_path: Path) -> None:
    out = shutil.copyfile(history.after_first, tmp_path / "kpis.duckdb")
    shutil.copyfile(backup_file(history.published), backup_file(out))
    with pytest.raises(UserError, match="an older file was put there"):
        publish(history.build, out)


def test_the_demo_and_ones_own_business_share_no_ledger(history: History, tmp_path: Path) -> None:
    out = shutil.copyfile(history.published, tmp_path / "kpis.duckdb")
    demo = changed_build(history, tmp_path, "update trust.build_info set landing = 'seeds'")
    with pytest.raises(UserError, match="your own data"):
        publish(demo, out)
    out.unlink()
    publish(demo, out)
    published = publish(history.build, out)
    assert "set aside" in published.ledger.note and published.ledger.publishing_number == 1
    aside = tmp_path / "kpis.reported-demo.duckdb"
    assert query(aside, "select landing from trust.kpi_publishings") == [("seeds",)]


def test_explain_shows_what_was_reported(history: History) -> None:
    done = run_module(
        *("explain", "sales", "--period", "2025-06", "--file", history.published),
    )
    assert done.returncode == 0, done.stderr
    reported = done.stdout.split("WHAT WAS REPORTED")[1].split()
    assert [word for word in reported if "_" in word] == ["first_report", "late_order"]
    assert "10,000" in reported and "10,300" in reported
