"""The demo company: the same bytes every time, within the contract, with its dirt counted."""

from __future__ import annotations

import csv
import hashlib
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from conftest import module_environment
from demo_company.contract import COLUMNS

PROJECT = Path(__file__).resolve().parents[2]
SEEDS = PROJECT / "seeds"
COMMAND = [sys.executable, "-m", "demo_company"]
Rows = list[dict[str, str]]


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        env=module_environment(PROJECT),
        capture_output=True,
        text=True,
        check=False,
    )


def digests(raw: Path) -> dict[str, str]:
    files = [*raw.glob("raw_*.csv"), raw.parent / "planted.csv"]
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def read(file: Path) -> Rows:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def raw() -> dict[str, Rows]:
    return {table: read(SEEDS / "raw" / f"raw_{table}.csv") for table in COLUMNS}


@pytest.fixture(scope="module")
def planted() -> Counter[tuple[str, str, str]]:
    counts: Counter[tuple[str, str, str]] = Counter()
    for row in read(SEEDS / "planted.csv"):
        counts[row["what"], row["table_name"], row["reason"]] += int(row["rows"])
    return counts


def first_shop(rows: Rows) -> Rows:
    return [row for row in rows if not row.get("source_name")]


def deliverable(rows: Rows) -> Rows:
    """Rows but for those of a source that may not be called what it is."""
    return [row for row in rows if row.get("source_name") != "guest"]


# The files


def test_two_runs_give_the_committed_bytes(tmp_path: Path) -> None:
    for name in ("first", "second"):
        done = run("--out", tmp_path / name / "raw")
        assert done.returncode == 0, done.stderr
        assert "33 tables" in done.stdout
        assert digests(tmp_path / name / "raw") == digests(SEEDS / "raw")


def test_another_seed_gives_another_company(tmp_path: Path) -> None:
    assert run("--out", tmp_path / "raw", "--seed", "7").returncode == 0
    assert digests(tmp_path / "raw") != digests(SEEDS / "raw")


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    done = run("--out", tmp_path / "file" / "raw")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_the_files_stay_small() -> None:
    files = [*(SEEDS / "raw").glob("raw_*.csv"), SEEDS / "planted.csv"]
    assert sum(file.stat().st_size for file in files) < 3_000_000


def test_there_is_a_file_for_every_raw_table() -> None:
    assert {file.stem for file in (SEEDS / "raw").glob("*.csv")} == {f"raw_{t}" for t in COLUMNS}


@pytest.mark.parametrize("table", COLUMNS)
def test_headers_are_columns_of_the_contract_in_its_order(table: str) -> None:
    contract = yaml.safe_load(
        (PROJECT / "models" / "landing" / f"landing__{table}.yml").read_text(encoding="utf-8")
    )
    columns = [column["name"] for column in contract["models"][0]["columns"]]
    common = [name for name in COLUMNS[table] if name not in columns]
    assert list(COLUMNS[table]) == columns + common
    content = (SEEDS / "raw" / f"raw_{table}.csv").read_bytes()
    header = content.split(b"\n", 1)[0].decode().split(",")
    assert header == [name for name in COLUMNS[table] if name in header]
    assert b"\r" not in content
    assert content.decode("utf-8").endswith("\n")


def test_the_latest_load_is_the_data_clock(raw: dict[str, Rows]) -> None:
    loads = [row.get("loaded_at", "") for rows in raw.values() for row in rows]
    assert max(loads) == "2026-07-10 02:00:00"


# What is planted can be found


def test_empty_keys_and_required_values(raw, planted) -> None:
    for (what, table, reason), count in planted.items():
        if what == "rejected" and reason.startswith("missing_"):
            column = reason.removeprefix("missing_")
            found = sum(not row[column] for row in first_shop(raw[table]))
            assert found == count, (table, reason)


def test_unknown_values_occur_nowhere_else(raw, planted) -> None:
    known = {
        "order_type": {"", "sale", "sample", "replacement", "warranty", "internal", "credit"},
        "order_status": {"", "placed", "draft", "quote", "cancelled"},
        "payment_status": {"", "succeeded", "pending", "failed"},
        "event_type": {"subscribe", "confirm", "unsubscribe", "bounce", "import"},
        "lead_type": {"", "form", "quote", "demo", "account_request", "newsletter", "import"},
        "opportunity_status": {"open", "won", "lost"},
        "cost_scope": {
            "marketing_program",
            "marketing_people",
            "sales_people",
            "sales_commission",
            "overhead",
            "retention",
        },
        "change_type": {"start", "change", "pause", "resume", "cancel_request", "end", "transfer"},
        "stage": {
            "lead",
            "mql",
            "sal",
            "sql",
            "opportunity",
            "customer",
            "rejected",
            "recycled",
            "disqualified",
        },
    }
    tested = 0
    for (what, table, reason), count in planted.items():
        if what == "rejected" and reason.startswith("unknown_"):
            column = reason.removeprefix("unknown_")
            assert sum(row[column] not in known[column] for row in raw[table]) == count
            tested += 1
    assert tested == len(known)


def test_orphans(raw, planted) -> None:
    orders = {(row["source_name"], row["order_id"]) for row in raw["orders"]}
    for table, reason in (("order_lines", "orphan_line"), ("refunds", "orphan_refund")):
        lost = [
            row
            for row in deliverable(raw[table])
            if row["order_id"] and (row["source_name"], row["order_id"]) not in orders
        ]
        assert len(lost) == planted["rejected", table, reason]


def test_rows_that_come_twice(raw, planted) -> None:
    keys = {
        "orders": "order_id",
        "order_lines": "order_line_id",
        "refunds": "refund_id",
        "payments": "payment_id",
        "leads": "lead_id",
        "touches": "touch_id",
        "contacts": "contact_id",
        "survey_responses": "response_id",
        "web_events": "event_id",
    }
    for table, key in keys.items():
        groups: dict[tuple[str, str], Rows] = defaultdict(list)
        for row in raw[table]:
            if row[key]:
                groups[row.get("source_name", ""), row[key]].append(row)
        found: Counter[str] = Counter()
        for rows in groups.values():
            for row in rows[1:]:
                if row == rows[0]:
                    found["exact_duplicate"] += 1
                elif all(
                    row.get(name) == rows[0].get(name)
                    for name in ("source_updated_at", "loaded_at")
                ):
                    found["conflicting_version"] += 1
                else:
                    found["superseded_version"] += 1
        expected = {
            reason: count
            for (what, name, reason), count in planted.items()
            if (what, name) == ("superseded", table)
        }
        assert dict(found) == expected, table


def test_excluded_rows(raw, planted) -> None:
    orders = raw["orders"]
    own = {row["company_id"] for row in raw["companies"] if row["is_internal"] == "true"}
    found = {
        "test_order": sum(row["is_test"] == "true" for row in orders),
        "not_a_sale": sum(row["order_type"] not in ("sale", "barter") for row in orders),
        "not_placed": sum(row["order_status"] in ("draft", "quote") for row in orders),
        "internal_account": sum(row["company_id"] in own for row in first_shop(orders)),
        "deleted_in_source": sum(row["is_deleted"] == "true" for row in orders),
    }
    assert found == {reason: planted["excluded", "orders", reason] for reason in found}
    bots = sum(row["is_bot"] == "true" for row in raw["web_events"])
    assert bots == planted["excluded", "web_events", "bot"]
    spam = sum(row["is_spam"] == "true" for row in raw["leads"])
    assert spam == planted["excluded", "leads", "spam"]


def test_scores_that_are_none(raw, planted) -> None:
    scales = {row["survey_id"]: (row["scale_min"], row["scale_max"]) for row in raw["surveys"]}
    whole = {str(score) for score in range(11)}
    answers = [row for row in raw["survey_responses"] if row["score"]]
    unreadable = [row for row in answers if not row["score"].isdigit()]
    invalid = [
        row
        for row in answers
        if row not in unreadable
        and (scales[row["survey_id"]] != ("0", "10") or row["score"] not in whole)
    ]
    assert len(unreadable) == planted["rejected", "survey_responses", "unparsable_score"]
    assert len(invalid) == planted["rejected", "survey_responses", "invalid_score"]


def test_one_gbp_order_has_no_rate_and_nothing_else_needs_one(raw) -> None:
    rates = sorted(
        date.fromisoformat(row["rate_date"])
        for row in raw["fx_rates"]
        if row["from_currency"] == "GBP" and row["rate"][0].isdigit()
    )

    def age(day: date) -> int:
        return min((day - rate).days for rate in rates if rate <= day)

    moments = {
        "orders": ("placed_at", "cancelled_at"),
        "payments": ("paid_at",),
        "quotes": ("requested_at",),
        "opportunities": ("created_at", "closed_at"),
        "ad_spend": ("spend_date",),
        "cost_ledger": ("incurred_on",),
    }
    stale = [
        row
        for table, names in moments.items()
        for row in raw[table]
        for name in names
        if row["currency_code"] == "GBP"
        and row[name]
        and age(date.fromisoformat(row[name][:10])) > 7
    ]
    assert [row["placed_at"] for row in stale] == ["2025-03-20 10:15:00"]
    british = {row["order_id"] for row in raw["orders"] if row["currency_code"] == "GBP"}
    assert all(
        age(date.fromisoformat(row["refunded_at"][:10])) <= 7
        for row in first_shop(raw["refunds"])
        if row["order_id"] in british
    )


def test_hits_around_the_session_timeout(raw, planted) -> None:
    hits: dict[str, list[datetime]] = defaultdict(list)
    for row in raw["web_events"]:
        if row["client_id"] and row["event_at"].startswith("20"):
            try:
                hits[row["client_id"]].append(datetime.fromisoformat(row["event_at"]))
            except ValueError:
                continue
    gaps: Counter[int] = Counter()
    across = 0
    for moments in hits.values():
        moments.sort()
        for first, second in pairwise(moments):
            gaps[int((second - first).total_seconds())] += 1
            across += first.date() != second.date() and second - first <= timedelta(minutes=30)
    assert gaps[1800] == planted["special", "web_events", "gap_1800_seconds"]
    assert gaps[1801] == planted["special", "web_events", "gap_1801_seconds"]
    assert across == planted["special", "web_events", "across_midnight"]


def test_versions_of_a_company_follow_each_other(raw, planted) -> None:
    versions: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for row in raw["companies"]:
        if row["company_id"].startswith("x"):
            continue  # kept apart, or deleted
        versions[row["source_name"], row["company_id"]].append((row["valid_from"], row["valid_to"]))
    later = 0
    for spans in versions.values():
        assert all(end == start for (_, end), (start, _) in pairwise(spans))
        assert [start for start, _ in spans] == sorted(start for start, _ in spans)
        later += len(spans) - 1
    assert later == planted["special", "companies", "company_version"]


# The money


def test_totals_are_lines_less_discounts_plus_shipping_and_tax(raw, planted) -> None:
    goods: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    lines = {(row["source_name"], row["order_line_id"]): row for row in raw["order_lines"]}
    broken = {"a dozen", "", "12,50"}
    for row in lines.values():
        if (
            row["order_line_id"]
            and row["added_at"] != "yesterday"
            and not broken & {row["quantity"], row["unit_price"]}
        ):
            goods[row["source_name"], row["order_id"]] += Decimal(row["quantity"]) * Decimal(
                row["unit_price"]
            ) - Decimal(row["line_discount_amount"] or 0)
    differences = []
    for row in raw["orders"]:
        key = row["source_name"], row["order_id"]
        if key not in goods or not row["order_id"] or row["is_deleted"]:
            continue
        tax = 0 if row["prices_include_tax"] == "true" else Decimal(row["tax_amount"] or 0)
        total = (
            goods[key]
            - Decimal(row["order_discount_amount"] or 0)
            + Decimal(row["shipping_amount"] or 0)
            + tax
        )
        if total != Decimal(row["total_amount"]):
            differences.append(Decimal(row["total_amount"]) - total)
    assert (
        differences == [Decimal("10.00")] * planted["special", "orders", "control_total_difference"]
    )


def test_rejected_rows_stay_under_one_percent(raw, planted) -> None:
    rejected: Counter[str] = Counter()
    superseded: Counter[str] = Counter()
    for (what, table, _), count in planted.items():
        rejected[table] += count if what == "rejected" else 0
        superseded[table] += count if what == "superseded" else 0
    # Links between the rows of a table are no rows: the row that names one is accepted.
    assert set(rejected) - set(raw) == {
        *("account_parents", "company_links", "contact_links", "lead_links")
    }
    assert {
        table
        for table, rows in raw.items()
        if rejected[table] > (len(rows) - superseded[table]) / 100
    } == set()
