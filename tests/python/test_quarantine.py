"""Nothing is lost and nothing is silent: every rule of rejection, broken cells, and release.

One folder of landing files is delivered four times, each time to the same build: with every rule
broken, with cells broken at random, mended, and with each row twice.
"""

from __future__ import annotations

import csv
import json
import math
import re
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from break_cells import break_delivery
from commerce_kpis.dbt_run import DBT
from commerce_kpis.generate_macros import checked_models, landing_contract
from conftest import PROJECT, module_environment

SEEDS = PROJECT / "seeds" / "raw"
CONTRACT = landing_contract()
TESTS = (
    *("every_landed_row_has_one_fate", "every_accepted_row_is_checked_once"),
    *("every_reason_is_a_listed_rule", "rejections_stay_below_the_threshold"),
)
TOO_MANY = re.compile(
    r"(\w+): \d+ of \d+ rows rejected, [\d.]+ % of its rows and [\d.]+ % of its money, more than "
    r"rejection_threshold allows: .+ See trust\.dq_rejected_rows"
)
NUMBER = re.compile(r"[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]+)?")
BLANKS = " \t\n\r\u00a0"
Rows = list[dict[str, str | None]]


@dataclass(frozen=True)
class Built:
    """What became of a delivery: the build file, what was delivered, what failed, what was said."""

    file: Path
    delivered: dict[str, Rows]
    failed: list[str]
    output: str

    def query(self, sql: str) -> list[tuple]:
        with duckdb.connect(str(self.file), read_only=True) as connection:
            return connection.execute(sql).fetchall()


class Warehouse:
    """A folder of landing files and its build file; only the files change between builds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.landing = folder / "landing"
        (folder / "profiles").mkdir()
        shutil.copyfile(PROJECT / "profiles.example.yml", folder / "profiles" / "profiles.yml")

    def deliver(self, tables: dict[str, str]) -> None:
        """Make the landing folder anew, of the text of each table's file."""
        shutil.rmtree(self.landing, ignore_errors=True)
        self.landing.mkdir()
        for table, text in tables.items():
            (self.landing / f"{table}.csv").write_text(text, encoding="utf-8", newline="")

    def build(self, name: str, *select: str) -> Built:
        """Build what is selected; a copy of the build file is kept under the name."""
        variables = {"landing": "files", "landing_path": str(self.landing)}
        done = subprocess.run(
            [
                *(*DBT, "--no-use-colors", "build", "--select", *select),
                *("--indirect-selection", "empty", "--exclude-resource-type", "unit_test"),
                *("--vars", json.dumps(variables)),
            ],
            cwd=PROJECT,
            env=module_environment(PROJECT)
            | {"KPI_BUILD_FILE": str(self.folder / "build.duckdb")}
            | {"DBT_PROFILES_DIR": str(self.folder / "profiles")}
            | {"DBT_TARGET_PATH": str(self.folder / "target")}
            | {"DBT_LOG_PATH": str(self.folder / "logs")},
            capture_output=True,
            text=True,
            timeout=1800,
            check=False,
        )
        assert "Traceback" not in done.stdout + done.stderr, done.stdout
        results = json.loads((self.folder / "target" / "run_results.json").read_text())["results"]
        good = ("success", "pass", "warn")
        failed = [one["unique_id"].split(".")[2] for one in results if one["status"] not in good]
        kept = self.folder / name / "build.duckdb"
        kept.parent.mkdir()
        shutil.copyfile(self.folder / "build.duckdb", kept)
        delivered = {file.stem: read(file) for file in self.landing.glob("*.csv")}
        return Built(kept, delivered, failed, done.stdout)


def read(file: Path) -> Rows:
    """Rows of a CSV file, read by another reader than the project's; empty is null."""
    with file.open(encoding="utf-8", newline="") as lines:
        return [
            {name: value or None for name, value in row.items()} for row in csv.DictReader(lines)
        ]


def seeds() -> dict[str, str]:
    """The demo company's files by table."""
    return {
        file.stem.removeprefix("raw_"): file.read_text(encoding="utf-8")
        for file in SEEDS.glob("raw_*.csv")
    }


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return Warehouse(tmp_path_factory.mktemp("quarantine"))


@pytest.fixture(scope="module")
def every_rule(warehouse: Warehouse) -> Built:
    """The demo company, in which every rule is broken in every column that has it."""
    raw = warehouse.folder / "every rule" / "raw"
    done = subprocess.run(
        [sys.executable, "-m", "demo_company", "--every-rule", "--out", str(raw)],
        env=module_environment(PROJECT),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    files = {file.stem.removeprefix("raw_"): file.read_text("utf-8") for file in raw.glob("*.csv")}
    warehouse.deliver(files)
    return warehouse.build("every_rule", "+dq_rules", "every_reason_is_a_listed_rule")


@pytest.fixture(scope="module")
def broken(warehouse: Warehouse, every_rule: Built) -> Built:
    """The demo company with one cell of a hundred broken."""
    sound = warehouse.folder / "sound"
    sound.mkdir()
    for table, text in seeds().items():
        (sound / f"{table}.csv").write_text(text, encoding="utf-8", newline="")
    shutil.rmtree(warehouse.landing)
    break_delivery(sound, warehouse.landing, share=0.01, seed=1)
    return warehouse.build("broken", "+dq_summary", "+dq_rules", *TESTS)


@pytest.fixture(scope="module")
def mended(warehouse: Warehouse, broken: Built) -> Built:
    """The same delivery with its cells mended, and nothing else done."""
    warehouse.deliver(seeds())
    return warehouse.build("mended", "+dq_summary", "+dq_rules", *TESTS)


@pytest.fixture(scope="module")
def doubled(warehouse: Warehouse, mended: Built) -> Built:
    """The mended delivery with each row twice."""
    twice = {}
    for table, text in seeds().items():
        header, rows = text.split("\n", 1)
        twice[table] = f"{header}\n{rows}{rows}"
    warehouse.deliver(twice)
    return warehouse.build("doubled", "landing", "staging")


# Every rule


def test_reasons_of_the_checked_models_are_those_of_their_sql() -> None:
    """What their YAML lists is what their SQL gives out, or what a row takes over from another."""
    by_model = {model["model"]: set(model["reasons"]) for model in checked_models()}
    for model, reasons in by_model.items():
        path = PROJECT / "models" / "intermediate" / "checked" / f"{model}.sql"
        sql = path.read_text(encoding="utf-8")
        block = sql[: sql.index("as reject_reason")].rpartition("case")[2]
        written = set(re.findall(r"then\s+'(\w+)'", block))
        taken_over = set().union(
            *(by_model[name] for name in re.findall(r"ref\('(\w+__checked)'\)", sql))
        )
        assert written, model
        assert written <= reasons <= written | taken_over, model


def test_every_rule_catches_the_row_that_breaks_it(every_rule: Built) -> None:
    assert every_rule.failed == []
    idle = "select table_name, reject_reason from trust.dq_rules where rows_caught = 0"
    assert every_rule.query(idle) == []
    (rules,) = every_rule.query("select count(*) from trust.dq_rules")[0]
    assert rules > 600
    planted: Counter[tuple] = Counter()
    with (every_rule.file.parent.parent / "every rule" / "planted.csv").open() as lines:
        for row in csv.DictReader(lines):
            if row["what"] in ("rejected", "superseded"):
                planted[row["what"], row["table_name"], row["reason"]] += int(row["rows"])
    found = every_rule.query(
        "select row_status, table_name, reject_reason, count(*) from trust.dq_rejected_rows "
        "group by all"
    )
    assert {row[:3]: row[3] for row in found} == dict(planted)


def test_a_row_kept_apart_is_the_row_that_was_delivered(every_rule: Built) -> None:
    """Every value of it as it stood in the file, and no row more often than it was delivered."""
    raw_tables = {model["table"]: model["raw_table"] for model in checked_models()}
    delivered = {
        table: Counter(frozenset(row.items()) for row in rows)
        for table, rows in every_rule.delivered.items()
    }
    kept: dict[str, Counter] = {}
    query = "select table_name, raw_row from trust.dq_rejected_rows"
    for table, raw_row in every_rule.query(query):
        row = frozenset(json.loads(raw_row).items())
        raw_table = raw_tables.get(table, table)
        assert delivered[raw_table][row] > 0, (table, raw_row)
        if raw_table == table:
            kept.setdefault(table, Counter())[row] += 1
    assert set(kept) == set(CONTRACT)
    for table, rows in kept.items():
        assert rows <= delivered[table], table


def test_a_row_kept_apart_names_its_source_and_build(every_rule: Built) -> None:
    unnamed = every_rule.query(
        "select * from trust.dq_rejected_rows where source_name is null or build_id is null "
        "or reject_reason is null or row_hash is null"
    )
    assert unnamed == []
    for table in ("dq_rejected_rows", "dq_rules"):
        assert len(every_rule.query(f"select distinct build_id from trust.{table}")) == 1


# Cells broken at random


def test_a_broken_delivery_stops_with_a_line_for_each_table_above_the_threshold(
    broken: Built,
) -> None:
    assert broken.failed == ["rejections_stay_below_the_threshold"]
    above = {
        name
        for (name,) in broken.query(
            "select table_name from trust.dq_summary where is_above_threshold"
        )
    }
    assert "orders" in above
    assert {match[1] for match in TOO_MANY.finditer(broken.output)} == above


def test_every_row_of_a_broken_delivery_is_accounted_for(broken: Built) -> None:
    """Counted in the files by another reader, and again in the quarantine and in staging."""
    balance = broken.query(
        "select table_name, rows_landed, rows_residual, coalesce(fact_rows_residual, 0), "
        "amount_residual, rows_accepted + rows_rejected + rows_superseded "
        "from trust.dq_conservation"
    )
    for table, landed, rows_residual, fact_residual, amount_residual, fates in balance:
        assert landed == len(broken.delivered[table]) == fates, table
        assert (rows_residual, fact_residual, amount_residual) == (0, 0, 0), table
    kept = dict(
        broken.query("select table_name, count(*) from trust.dq_rejected_rows group by all")
    )
    later = dict(
        broken.query(
            "select table_name, count(*) from trust.dq_rejected_rows where shelf = 'checked' "
            "group by all"
        )
    )
    for table, rows in broken.delivered.items():
        (accepted,) = broken.query(f"select count(*) from staging.stg_contract__{table}")[0]
        assert accepted - later.get(table, 0) + kept.get(table, 0) == len(rows), table


def test_the_money_of_a_broken_delivery_is_accounted_for(broken: Built) -> None:
    """Added up from the files by another reader; what is no number, or too large, is no money."""
    balance = broken.query(
        "select table_name, amount_landed, amount_accepted + amount_rejected + amount_superseded "
        "from trust.dq_conservation"
    )
    for table, landed, fates in balance:
        expected = sum((_money(table, row) for row in broken.delivered[table]), Decimal(0))
        assert landed == fates == expected, table
    assert sum(landed != 0 for _, landed, _ in balance) == 13


def _money(table: str, row: dict[str, str | None]) -> Decimal:
    """The money of a delivered row, 0 if it has none."""
    names = (CONTRACT[table]["money"] or "").split(" * ")
    factors = [_amount(CONTRACT[table]["columns"][name], row[name]) for name in names if name]
    if not factors or None in factors:
        return Decimal(0)
    product = math.prod(factors)
    return product if abs(product) < 10**12 else Decimal(0)


def _amount(column: dict, text: str | None) -> Decimal | None:
    """A delivered amount as the contract reads it, or else its default."""
    written = (text or "").strip(BLANKS)
    if not NUMBER.fullmatch(written) or abs(Decimal(written)) >= 10**14:
        written = column.get("default")
    return written and Decimal(written).quantize(Decimal("0.0001"), "ROUND_HALF_UP")


# Release


def test_a_mended_cell_releases_its_row_in_the_next_build(
    broken: Built, mended: Built, built_file: Path
) -> None:
    """All rows stand as in the build of the demo company, as if they had never been broken."""
    assert mended.failed == []
    with duckdb.connect() as connection:
        connection.execute(f"attach '{mended.file}' as mended (read_only)")
        connection.execute(f"attach '{broken.file}' as broken (read_only)")
        connection.execute(f"attach '{built_file}' as demo (read_only)")
        for table in CONTRACT:
            assert _difference(connection, "mended", "demo", f"staging.base_contract__{table}") == 0
        for table in ("dq_rejected_rows", "dq_conservation", "dq_summary", "dq_rules"):
            assert _difference(connection, "mended", "demo", f"trust.{table}") == 0, table
            assert _difference(connection, "mended", "broken", f"trust.{table}") > 0, table
        # One row of those thousands, by name: the order that was unreadable counts now.
        (released,) = connection.execute(
            "select count(*) from broken.trust.dq_rejected_rows as rejected "
            "inner join mended.core.fct_orders as orders on rejected.row_key = orders.order_id "
            "where rejected.table_name = 'orders' and rejected.row_status = 'rejected' "
            "and rejected.row_key not in (select order_id from broken.core.fct_orders) "
            "and orders.is_eligible"
        ).fetchone()
        assert released > 100


def _difference(connection: duckdb.DuckDBPyConnection, one: str, other: str, table: str) -> int:
    """Rows of a table that only one of two files has, but for which build wrote them."""
    first, second = (
        f"select columns(lambda name: name != 'build_id') from {file}.{table}"
        for file in (one, other)
    )
    query = (
        f"select count(*) from (({first} except all {second}) union all "
        f"({second} except all {first}))"
    )
    return connection.execute(query).fetchone()[0]


def test_rows_that_come_twice_change_nothing_and_are_kept_as_duplicates(
    mended: Built, doubled: Built
) -> None:
    assert doubled.failed == []
    with duckdb.connect() as connection:
        connection.execute(f"attach '{mended.file}' as once (read_only)")
        connection.execute(f"attach '{doubled.file}' as twice (read_only)")
        for table in CONTRACT:
            one, two = (
                f"select * from {file}.staging.base_contract__{table} where row_status = 'accepted'"
                for file in ("once", "twice")
            )
            changed = connection.execute(
                f"select count(*) from (({one} except all {two}) union all "
                f"({two} except all {one}))"
            ).fetchone()
            assert changed == (0,), table
            counts = [
                dict(
                    connection.execute(
                        "select coalesce(reject_reason, ''), count(*) "
                        f"from {file}.staging.base_contract__{table} group by all"
                    ).fetchall()
                )
                for file in ("once", "twice")
            ]
            expected = {reason: 2 * rows for reason, rows in counts[0].items()}
            expected["exact_duplicate"] += counts[0][""]
            expected[""] = counts[0][""]
            assert counts[1] == expected, table


# The script itself


def test_the_same_seed_breaks_the_same_cells(tmp_path: Path) -> None:
    source = tmp_path / "orders.csv"
    source.write_text(seeds()["orders"], encoding="utf-8")
    command = [sys.executable, str(Path(__file__).parent / "break_cells.py")]
    for name, seed in (("one.csv", "1"), ("again.csv", "1"), ("other.csv", "2")):
        done = subprocess.run(
            [*command, "--share", "0.01", "--seed", seed, str(source), str(tmp_path / name)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    one, again, other = (read(tmp_path / f"{name}.csv") for name in ("one", "again", "other"))
    assert one == again != other
    sound = read(source)
    assert [list(row) for row in one] == [list(row) for row in sound]
    cells = len(sound) * len(sound[0])
    changed = sum(
        before[name] != after[name]
        for before, after in zip(sound, one, strict=True)
        for name in before
    )
    # Some texts are what stood there before, or as empty as it was.
    assert 0.85 * cells / 100 < changed <= round(cells / 100)
