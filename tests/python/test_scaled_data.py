"""The demo company many times over: exact copies, of which none meets another, and further days."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
from commerce_kpis.sql import text
from conftest import PROJECT, build_environment, module_environment, run_dbt
from demo_company.contract import COLUMNS

COMMAND = [sys.executable, "-m", "demo_company"]
# At scale 0.2.
ACTIVITY, ACCOUNTS, BROWSING = 7, 2, 4
REFERENCE = {
    *("ad_spend", "annotations", "campaigns", "cost_ledger", "fx_rates"),
    *("product_costs", "products", "sales_reps", "surveys", "targets"),
}
OF_ACCOUNTS = {
    *("companies", "contacts", "email_subscriptions", "survey_responses"),
    *("subscriptions", "subscription_changes", "usage_charges"),
}
LAST_DAY = date(2026, 7, 9)
DAYS = 15
KEYS = {
    "companies": "company_id",
    "contacts": "contact_id",
    "orders": "order_id",
    "order_lines": "order_line_id",
    "refunds": "refund_id",
    "refund_lines": "refund_line_id",
    "payments": "payment_id",
    "leads": "lead_id",
    "opportunities": "opportunity_id",
    "quotes": "quote_id",
    "subscriptions": "subscription_id",
    "subscription_changes": "change_id",
    "survey_responses": "response_id",
    "touches": "touch_id",
    "usage_charges": "usage_charge_id",
    "web_sessions": "session_id",
    "email_subscriptions": "subscription_event_id",
}


def generate(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        env=module_environment(PROJECT),
        capture_output=True,
        text=True,
        check=False,
    )


def made(*arguments: object) -> None:
    done = generate(*arguments)
    assert done.returncode == 0, done.stderr


def copies(table: str) -> int:
    if table in REFERENCE:
        return 1
    return ACCOUNTS if table in OF_ACCOUNTS else ACTIVITY


def digests(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*.*"))
    }


def history(folder: Path, table: str) -> str:
    """The rows of a table before any further day."""
    return f"read_parquet({text(folder / table / '[0-9]*.parquet')})"


def further(folder: Path, table: str) -> str:
    """The rows of further days, with the number of their day."""
    files = text(folder / table / "day-*.parquet")
    return (
        "(select *, cast(parse_filename(filename)[5:8] as integer) as day"
        f" from read_parquet({files}, filename = true))"
    )


def all_rows(folder: Path, table: str) -> str:
    return f"read_parquet({text(folder / table / '*.parquet')}, union_by_name = true)"


def demo(table: str) -> str:
    """The rows of the demo company."""
    file = PROJECT / "seeds" / "raw" / f"raw_{table}.csv"
    return f"read_csv({text(file)}, all_varchar = true)"


def rows(sql: str) -> list[tuple]:
    with duckdb.connect() as connection:
        return connection.execute(sql).fetchall()


def number(sql: str) -> int:
    return rows(sql)[0][0]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Scale 0.2 and further days, appended by two commands."""
    out = tmp_path_factory.mktemp("scaled") / "landing"
    made("--scale", 0.2, "--out", out)
    made("--out", out, "--days", DAYS - 4)
    made("--out", out, "--days", 4)
    return out


# The history


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    """Whether days are appended at once or one after another."""
    made("--scale", 0.1, "--out", tmp_path / "one", "--seed", 7, "--days", 2)
    made("--scale", 0.1, "--out", tmp_path / "two", "--seed", 7)
    for _ in range(2):
        made("--out", tmp_path / "two", "--days", 1)
    made("--scale", 0.1, "--out", tmp_path / "three", "--seed", 8)
    one, two, three = (digests(tmp_path / name) for name in ("one", "two", "three"))
    assert sum("day-0002" in file for file in one) > 5
    assert one == two
    assert not {one["orders/0000.parquet"]} & set(three.values())


def test_the_smallest_scale_is_the_demo_company(tmp_path: Path) -> None:
    made("--scale", 0.01, "--out", tmp_path / "landing")
    for table in COLUMNS:
        ours, theirs = history(tmp_path / "landing", table), demo(table)
        for one, other in ((ours, theirs), (theirs, ours)):
            assert not rows(f"from {one} except all from {other} limit 1"), table


def test_copy_0_is_the_demo_company(folder: Path) -> None:
    for table in set(COLUMNS) - REFERENCE:
        missing = f"from {demo(table)} except all from {history(folder, table)} limit 1"
        assert not rows(missing), table


def test_tables_have_the_demos_rows_times_the_copies(folder: Path) -> None:
    for table in set(COLUMNS) - {"web_events"}:
        expected = copies(table) * number(f"select count(*) from {demo(table)}")
        assert number(f"select count(*) from {history(folder, table)}") == expected, table


def test_web_events_are_copies_and_visitors_who_only_look(folder: Path) -> None:
    events = history(folder, "web_events")
    copied = f"from {events} where client_id is null or client_id not like '%-w%'"
    demo_rows = number(f"select count(*) from {demo('web_events')}")
    assert number(f"select count(*) {copied}") == ACTIVITY * demo_rows
    browsing = f"from {events} where client_id like '%-w%'"
    assert number(f"select count(distinct split_part(client_id, '-', 2)) {browsing}") == BROWSING
    assert number(f"select count(*) - count(distinct event_id) {browsing}") == 0
    assert not rows(
        f"select * {browsing} and coalesce(order_id, contact_id, is_bot) is not null limit 1"
    )
    assert number(f"select count(*) {browsing} and event_name = 'page_view'") > 4 * demo_rows


def test_no_copy_shares_an_id_or_an_address_with_another(folder: Path) -> None:
    for table, key in KEYS.items():
        found, expected = (
            number(f"select count(distinct {key}) from {relation}")
            for relation in (history(folder, table), demo(table))
        )
        assert found == copies(table) * expected, table
    for table, column in (("companies", "domain"), ("contacts", "lower(trim(email))")):
        ours = f"select count(distinct {column}) from {history(folder, table)}"
        theirs = f"select count(distinct {column}) from {demo(table)} where {column}"
        unreadable = f"select count(distinct {column}) from {demo(table)} where {column}"
        whole = number(f"{theirs} like '%_.__%'")
        rest = number(f"{unreadable} not like '%_.__%'")
        assert number(ours) == ACCOUNTS * whole + rest, table


def test_orders_of_a_known_address_stay_with_its_account(folder: Path) -> None:
    known = """
        select count(*)
        from {orders}
        where lower(trim(email)) in (select lower(trim(email)) from {contacts})
    """
    ours, theirs = (
        number(known.format(orders=relation("orders"), contacts=relation("contacts")))
        for relation in (lambda table: history(folder, table), demo)
    )
    assert theirs > 0
    assert ours == ACTIVITY * theirs


def test_strangers_of_one_copy_are_not_those_of_another(folder: Path) -> None:
    strangers = """
        select count(distinct lower(trim(email)))
        from {orders}
        where
            company_id is null
            and email like '%@%'
            and split_part(lower(trim(email)), '@', 2) not in (
                select domain from {companies} where domain is not null
            )
            and lower(trim(email)) not in (
                select lower(trim(email)) from {contacts} where email is not null
            )
    """
    ours, theirs = (
        number(strangers.format(**{name: of(name) for name in ("orders", "companies", "contacts")}))
        for of in (lambda table: history(folder, table), demo)
    )
    assert theirs > 0
    assert ours == ACTIVITY * theirs


def test_a_shift_moves_all_moments_of_a_copy_alike(folder: Path) -> None:
    moved = f"""
        select
            split_part(scaled.order_id, '-', 2) as copy,
            date_diff('second', demo.moment::timestamp, scaled.moment::timestamp) as shift
        from (
            select order_id, unnest([placed_at, invoiced_at, paid_at]) as moment,
                unnest([1, 2, 3]) as which
            from {history(folder, "orders")}
        ) as scaled
        inner join (
            select order_id, unnest([placed_at, invoiced_at, paid_at]) as moment,
                unnest([1, 2, 3]) as which
            from {demo("orders")}
            where coalesce(source_name, source_updated_at) is null
        ) as demo
            on split_part(scaled.order_id, '-', 1) = demo.order_id and scaled.which = demo.which
        where demo.moment like '20__-0_-__ __:__:__' and scaled.order_id not like 'x%'
    """
    shifts = rows(
        f"select copy, mode(shift), count(distinct shift) from ({moved}) group by copy order by 1"
    )
    assert [copy for copy, *_ in shifts] == ["", *map(str, range(1, ACTIVITY))]
    assert shifts[0][1] == 0
    assert len({shift for _, shift, _ in shifts}) == ACTIVITY
    assert all(0 <= shift < 3600 for _, shift, _ in shifts)


def test_no_event_is_later_than_its_load_that_was_not_so_in_the_demo(folder: Path) -> None:
    events = {"web_events": "event_at", "orders": "placed_at", "leads": "created_at"}
    for table, moment in events.items():
        early, early_in_demo = (
            number(
                f"select count(*) from {relation}"
                f" where try_cast({moment} as timestamp) > loaded_at::timestamp"
            )
            for relation in (history(folder, table), demo(table))
        )
        assert early == ACTIVITY * early_in_demo, table
        assert number(f"select max(loaded_at) from {history(folder, table)}") == (
            number(f"select max(loaded_at) from {demo(table)}")
        )


def test_costs_and_targets_grow_with_the_orders(folder: Path) -> None:
    spend = "select sum(try_cast(spend as decimal(18, 2))) from {}"
    assert number(spend.format(history(folder, "ad_spend"))) == (
        ACTIVITY * number(spend.format(demo("ad_spend")))
    )
    target = "select kpi, sum(target_value::decimal(18, 2)) from {} where kpi in ({}) group by kpi"
    kpis = "'sales', 'mrr', 'nps'"
    ours, theirs = (
        dict(rows(target.format(relation, kpis)))
        for relation in (history(folder, "targets"), demo("targets"))
    )
    factors = {"sales": ACTIVITY, "mrr": ACCOUNTS, "nps": 1}
    assert ours == {kpi: factor * theirs[kpi] for kpi, factor in factors.items()}


# Further days


def test_days_go_on_where_the_last_command_stopped(folder: Path) -> None:
    state = json.loads((folder / "_generated.json").read_text(encoding="utf-8"))
    assert state["days"] == DAYS
    days = {day for (day,) in rows(f"select distinct day from {further(folder, 'ad_spend')}")}
    assert days == set(range(1, DAYS + 1))


def test_a_day_is_loaded_in_its_night(folder: Path) -> None:
    for table in COLUMNS:
        if not list((folder / table).glob("day-*")):
            continue
        loads = rows(f"select distinct day, loaded_at from {further(folder, table)}")
        assert {(day, f"{LAST_DAY + timedelta(days=day + 1)} 02:00:00") for day, _ in loads} == set(
            loads
        ), table


def test_days_name_only_rows_that_exist(folder: Path) -> None:
    named = {
        "company_id": ("orders", "leads", "opportunities", "quotes", "subscriptions"),
        "contact_id": ("orders", "leads", "opportunities", "quotes", "web_events"),
        "order_id": ("order_lines", "payments", "refunds", "web_events", "opportunities"),
        "refund_id": ("refund_lines",),
        "order_line_id": ("refund_lines",),
        "lead_id": ("lead_stage_history", "lead_scores", "opportunities", "touches"),
        "opportunity_id": ("opportunity_stage_history",),
        "subscription_id": ("subscription_changes", "usage_charges"),
        "merged_into_company_id": ("companies",),
    }
    parents = {key: table for table, key in KEYS.items()}
    parents["merged_into_company_id"] = "companies"
    tested = 0
    for column, tables in named.items():
        parent = parents[column]
        for table in tables:
            ids = f"select {column} from {further(folder, table)} where {column} is not null"
            lost = rows(
                f"{ids} and {column} not in (select {KEYS[parent]} from"
                f" {all_rows(folder, parent)} where {KEYS[parent]} is not null)"
            )
            assert not lost, (table, column)
            tested += number(f"select count(*) from ({ids})")
    assert tested > 1000


def test_new_hits_have_ids_of_their_own(folder: Path) -> None:
    both = f"""
        select event_id from {further(folder, "web_events")}
        intersect
        select event_id from {history(folder, "web_events")}
    """
    assert not rows(both)


def test_half_of_the_visitors_were_here_before(folder: Path) -> None:
    known, all_visitors = rows(
        f"""
        select
            count(*) filter (where client_id in (
                select client_id from {history(folder, "web_events")} where client_id is not null
            )),
            count(*)
        from (
            select distinct client_id from {further(folder, "web_events")}
            where client_id is not null
        )
        """
    )[0]
    assert 0.35 < known / all_visitors < 0.65


@pytest.mark.parametrize(
    ("table", "moment", "which", "journey"),
    [
        ("orders", "placed_at", "order_id like '%.y1%'", "order_id"),
        ("web_events", "event_at", "client_id is not null", "client_id, day"),
    ],
)
def test_few_orders_and_visits_arrive_late(
    folder: Path, table: str, moment: str, which: str, journey: str
) -> None:
    # The first time that something is sent.
    arrivals = f"""
        select
            min_by(date_diff('hour', {moment}::timestamp, loaded_at::timestamp), day) // 24 as days
        from {further(folder, table)}
        where {which}
        group by {journey}
    """
    late, all_journeys, most = rows(
        f"select count(*) filter (where days > 1), count(*), max(days) from ({arrivals})"
    )[0]
    assert 1 <= late <= 0.03 * all_journeys
    assert most <= 31


def test_days_change_what_was_delivered_before(folder: Path) -> None:
    cancelled = f"""
        select count(*)
        from {further(folder, "orders")} as days
        inner join {history(folder, "orders")} as before using (order_id)
        where
            days.order_status = 'cancelled'
            and before.order_status = 'placed'
            and days.source_updated_at > coalesce(before.source_updated_at, before.placed_at)
            and days.placed_at = before.placed_at
            and days.cancelled_at::timestamp - before.placed_at::timestamp < interval 7 day
    """
    assert number(cancelled) > 0
    refunded = f"""
        select date_diff('day', orders.placed_at::timestamp, refunds.refunded_at::timestamp)
        from {further(folder, "refunds")} as refunds
        inner join {all_rows(folder, "orders")} as orders using (order_id)
        inner join {further(folder, "refund_lines")} as refund_lines using (refund_id)
    """
    ages = [age for (age,) in rows(refunded)]
    assert ages
    assert 0 <= min(ages) <= max(ages) <= 121
    corrected = f"""
        select count(*)
        from {further(folder, "ad_spend")} as days
        inner join {history(folder, "ad_spend")} as before
            using (spend_date, platform, ad_account_id, campaign)
        where try_cast(days.spend as decimal(18, 2)) > try_cast(before.spend as decimal(18, 2))
    """
    assert number(corrected) > 0
    merged = f"select count(*) from {further(folder, 'companies')}"
    assert number(f"{merged} where merged_into_company_id is not null") >= DAYS
    for table in ("leads", "lead_stage_history", "subscription_changes", "payments", "fx_rates"):
        assert number(f"select count(*) from {further(folder, table)}") > 0


def test_a_cancelled_order_stays_cancelled(folder: Path) -> None:
    last = f"""
        select order_id, order_status
        from {further(folder, "orders")}
        qualify row_number() over (partition by order_id order by source_updated_at desc) = 1
    """
    taken_back = f"""
        select order_id from {further(folder, "orders")} where order_status = 'cancelled'
        except
        select order_id from ({last}) where order_status = 'cancelled'
    """
    assert not rows(taken_back)


# Both, as the project reads them


@pytest.mark.thorough
def test_the_project_judges_every_copy_as_it_judges_the_demo(
    folder: Path, built_file: Path, tmp_path: Path
) -> None:
    done = run_dbt(
        PROJECT,
        "build",
        *("--select", "+dq_rejected_rows"),
        *("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"),
        *("--vars", json.dumps({"landing": "files", "landing_path": str(folder)})),
        **build_environment(tmp_path),
    )
    assert done.returncode == 0, done.stdout
    # Of links between rows: the table of the rows.
    tables = {
        "account_parents": "companies",
        "company_links": "companies",
        "contact_links": "contacts",
        "lead_links": "leads",
    }
    counts = """
        select table_name, row_status, reject_reason, count(*)
        from trust.dq_rejected_rows
        group by all
    """
    # What the days send again supersedes rows of the history.
    sent_again = {"ad_spend", "companies", "opportunities", "orders", "quotes"}
    with (
        duckdb.connect(str(built_file), read_only=True) as theirs,
        duckdb.connect(str(tmp_path / "build.duckdb"), read_only=True) as ours,
    ):
        expected = {
            (table, status, reason): copies(tables.get(table, table)) * count
            for table, status, reason, count in theirs.execute(counts).fetchall()
            if status != "superseded" or table not in sent_again
        }
        found = {
            (table, status, reason): count
            for table, status, reason, count in ours.execute(counts).fetchall()
            if status != "superseded" or table not in sent_again
        }
        assert len(expected) > 200
        assert found == expected
        for table, amount in (
            ("orders", "total_amount"),
            ("order_lines", "quantity * unit_price"),
            ("payments", "amount"),
            ("refund_lines", "amount_excl_tax"),
            ("subscriptions", "quantity * unit_price"),
        ):
            # Of two deleted versions that tie, the hash of the row decides, and so the id.
            money = (
                f"select sum({amount}), count(*) from staging.stg_contract__{table}"
                " where not is_deleted"
            )
            key = KEYS[table]
            # Without what the days add: repetitions, and payments and refunds named after orders.
            added = f"regexp_matches({key}, '[.]y1|^(y|RL)o')"
            of_history = f"{money} and not {added}"
            total, count = theirs.execute(money).fetchone()
            scaled = copies(table) * total, copies(table) * count
            assert ours.execute(of_history).fetchone() == scaled, table


# What users get wrong


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--scale", "0", "--out", "x"], "--scale"),
        (["--scale", "1"], "--out"),
        (["--days", "1"], "--out"),
        (["--days", "1", "--out", "nowhere"], "_generated.json"),
        (["--scale", "1", "--out", "theirs"], "did not write"),
        (["--scale", "1", "--out", "x", "--every-rule"], "--every-rule"),
        (["--days", "1", "--out", "x", "--seed", "1"], "--seed"),
    ],
)
def test_bad_input_is_one_clear_line(
    arguments: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "file.txt").write_text("theirs", encoding="utf-8")
    done = generate(*arguments)
    assert done.returncode != 0
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("Error:")]
    assert message in line
    assert "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.rglob("*")] == ["theirs", "file.txt"]


def test_an_unfinished_folder_gets_no_days(tmp_path: Path) -> None:
    made("--scale", 0.01, "--out", tmp_path / "landing")
    state = tmp_path / "landing" / "_generated.json"
    whole = json.loads(state.read_text(encoding="utf-8"))
    state.write_text(json.dumps({**whole, "is_whole": False}), encoding="utf-8")
    done = generate("--days", 1, "--out", tmp_path / "landing")
    assert done.returncode == 1
    assert "not written to its end" in done.stderr
    made("--scale", 0.01, "--out", tmp_path / "landing", "--days", 1)
