"""scripts/check_landing over real folders, a build file and a PostgreSQL server."""

from __future__ import annotations

import csv
import gzip
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from commerce_kpis.kpi_yaml import kpi_models
from commerce_kpis.sql import text as literal
from conftest import PROJECT, run_module
from landing_project import profile_with
from postgres_server import connect_postgres, shown_profile

SEEDS = PROJECT / "seeds" / "raw"
REQUIRED = ("companies", "orders", "order_lines")
Check = Callable[..., subprocess.CompletedProcess[str]]


def seed_rows(table: str) -> int:
    """Rows of a table of the demo company."""
    with (SEEDS / f"raw_{table}.csv").open(encoding="utf-8", newline="") as file:
        return sum(1 for _ in csv.DictReader(file))


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """Run the command with a profile whose build file is build.duckdb in the test's folder."""

    def run(*arguments: object, profile: str = "", **environment: str):
        (tmp_path / "profiles.yml").write_text(profile_with(profile), encoding="utf-8")
        return run_module(
            "check_landing",
            *arguments,
            cwd=tmp_path,
            KPI_BUILD_FILE=str(tmp_path / "build.duckdb"),
            DBT_PROFILES_DIR=str(tmp_path),
            DBT_LOG_PATH=str(tmp_path / "logs"),
            **environment,
        )

    return run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A landing folder with the required tables of the demo company."""
    landing = tmp_path / "raw [1]"
    landing.mkdir()
    for table in REQUIRED:
        shutil.copyfile(SEEDS / f"raw_{table}.csv", landing / f"{table}.csv")
    return landing


def rows_of(table: str) -> list[dict[str, str]]:
    """A raw table of the demo company."""
    with (SEEDS / f"raw_{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, rows: list[dict[str, str]]) -> None:
    """Rows as a CSV file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)


def line_of(table: str, output: str) -> str:
    """The line of a raw table, in one blank where there are several."""
    (line,) = re.findall(rf"^ {table} .*$", output, re.MULTILINE)
    return " ".join(line.split())


def said(output: str) -> str:
    """What was printed, without line ends and indents."""
    return " ".join(output.split())


def problems(done: subprocess.CompletedProcess[str]) -> list[str]:
    """The lines that say why a build would stop."""
    assert done.returncode == 1
    assert done.stderr == ""
    return done.stdout.split("A build would stop:\n")[1].splitlines()


def test_a_whole_delivery(check: Check, tmp_path: Path) -> None:
    landing = tmp_path / "raw"
    landing.mkdir()
    for seed in SEEDS.glob("raw_*.csv"):
        shutil.copyfile(seed, landing / seed.name.removeprefix("raw_"))
    # A KPI needs one of two columns here, which the demo company delivers in neither.
    for table in ("web_events", "web_sessions"):
        rows = [{**row, "bytes_sent": "1"} for row in rows_of(table)]
        write(landing / f"{table}.csv", rows)
    (landing / "orders").mkdir()
    orders = rows_of("orders")
    (landing / "orders.csv").unlink()
    write(landing / "orders" / "1.csv", orders[:100])
    write(landing / "orders" / "2.csv", orders[100:])

    done = check("--landing-path", "raw")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("A build can run.\n")
    for seed in SEEDS.glob("raw_*.csv"):
        table = seed.stem.removeprefix("raw_")
        count = len(rows_of(table))
        found = "orders/ (2 files)" if table == "orders" else f"{table}.csv"
        assert line_of(table, done.stdout).startswith(f"{table} {found} {count:,}")
    assert f"KPIs: {len(kpi_models())} available, 0 partly, 0 missing_source" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 100
    assert not list(tmp_path.glob("*.duckdb")), "a check leaves no build file behind"


def test_three_tables_say_which_kpis_they_make(check: Check, folder: Path) -> None:
    done = check("--landing-path", folder, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(done.stdout)
    found = {table["table"] for table in report["tables"] if table["found"]}
    assert found == set(REQUIRED)
    kpis = {kpi["kpi"]: kpi for kpi in report["kpis"]}
    assert kpis["kpi_customer_retention"]["status"] == "available"
    assert kpis["kpi_nps"]["status"] == "missing_source"
    assert kpis["kpi_nps"]["lacking"][0]["needs"] == ["surveys", "survey_responses"]
    assert kpis["kpi_aov"] == {
        "kpi": "kpi_aov",
        "title": "Average order value",
        "status": "partly",
        "lacking": [{"needs": ["refunds"], "variants": ["aov_net_of_returns"]}],
    }


def test_what_is_wrong_is_a_line_each(check: Check, folder: Path) -> None:
    """A required column is missing, one is unknown, and a tenth of the dates cannot be read."""
    lines = [{**row, "unit_price": ""} for row in rows_of("order_lines")]
    for row in lines:
        del row["unit_price"]
    write(folder / "order_lines.csv", lines)
    orders = [{**row, "colour": "red"} for row in rows_of("orders") if row["placed_at"]][:100]
    for row in orders[::10]:
        row["placed_at"] = "31.12.2025"
    write(folder / "orders.csv", orders)
    (folder / "payments.csv").write_text("payment_id,amount\nP1,5,7\n", encoding="utf-8")

    done = check("--landing-path", folder)
    assert line_of("orders", done.stdout).endswith(", placed_at 10.0 %")
    assert "unknown columns: colour" in said(done.stdout)
    assert "missing columns: unit_price (required)" in said(done.stdout)
    assert "payments.csv unreadable" in line_of("payments", done.stdout)
    assert line_of("quotes", done.stdout) == "quotes missing"
    assert re.search(
        r"Sales and revenue without net_sales \(default\), .*: needs refunds", said(done.stdout)
    )
    expected = [
        ("column order_lines.unit_price is missing", "#order_lines"),
        ("orders: 10 of 100 rows rejected", "10.0 % of its rows", "unparsable_placed_at 10"),
        ("payments.csv can't be read at line 2", "#payments"),
        ("column payments.paid_at is missing", "#payments"),
        ("column payments.currency_code is missing", "#payments"),
    ]
    found = problems(done)
    for words in expected:
        assert sum(all(word in line for word in words) for line in found) == 1, (words, found)
    assert len(found) == len(expected), found


def test_an_empty_folder_is_one_line(check: Check, tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    (line,) = problems(check("--landing-path", "nothing"))
    assert "holds no files" in line


def test_what_cannot_be_looked_at_is_one_line(check: Check, folder: Path) -> None:
    done = check()
    assert done.returncode == 1
    assert done.stderr.startswith("Error: The demo company needs no check")
    text = "product_id,product_name\nP1,5 € Gutschein\n".encode("cp1252")
    (folder / "products.csv.gz").write_bytes(gzip.compress(text))
    done = check("--landing-path", folder, "--vars", "{landing_encoding: latin-1}")
    assert done.returncode == 1
    assert done.stderr.startswith("Error: A CSV file that is packed")
    assert len(done.stderr.splitlines()) == 1


def test_packed_files_that_are_damaged_are_one_line_each(check: Check, folder: Path) -> None:
    """The engine would read on in the one, and would not name the other."""
    packed = bytearray(gzip.compress((SEEDS / "raw_products.csv").read_bytes()))
    packed[-8] ^= 1
    (folder / "products.csv.gz").write_bytes(packed)
    parquet = folder / "payments.parquet"
    duckdb.execute(f"copy (select 'P1' as payment_id) to {literal(parquet)} (format parquet)")
    content = bytearray(parquet.read_bytes())
    content[-60:-40] = b"\xff" * 20
    parquet.write_bytes(content)
    done = check("--landing-path", folder)
    assert done.returncode == 1
    payments, products = done.stderr.splitlines()
    assert payments.startswith(f"Error: {parquet} is damaged (")
    assert products.startswith(f"{folder / 'products.csv.gz'} is damaged (CRC check")


def test_a_file_that_the_engine_gives_up_is_one_line(check: Check, folder: Path) -> None:
    text = (SEEDS / "raw_products.csv").read_text(encoding="utf-8")
    (folder / "products.csv").write_bytes(text.replace("\n", "\r\r\n").encode())
    done = check("--landing-path", folder)
    assert done.returncode == 1
    assert done.stderr.startswith(f"Error: {folder / 'products.csv'} can't be read (The CSV Parser")
    assert done.stderr.endswith("See docs/landing_contract.md.\n")
    assert len(done.stderr.splitlines()) == 1


def test_a_schema_of_the_build_file_is_read_and_left_as_it_is(check: Check, tmp_path: Path) -> None:
    file = tmp_path / "build.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("create schema raw")
        for table in REQUIRED:
            seed = literal(SEEDS / f"raw_{table}.csv")
            connection.execute(
                f"create view raw.{table} as from read_csv({seed}, all_varchar=true)"
            )
    before = file.read_bytes()
    done = check("--landing-schema", "raw")
    assert done.returncode == 0, done.stdout + done.stderr
    assert line_of("orders", done.stdout).startswith(f"orders orders {seed_rows('orders'):,} ")
    (line,) = problems(check("--landing-schema", "bi"))
    assert "build.bi" in line
    assert file.read_bytes() == before


def test_a_schema_of_postgresql(
    check: Check, postgres: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in postgres.items():
        monkeypatch.setenv(name, value)
    with duckdb.connect() as connection:
        connect_postgres(connection)
        connection.execute("create schema shop.few")
        for table in REQUIRED:
            seed = literal(SEEDS / f"raw_{table}.csv")
            connection.execute(
                f"create table shop.few.{table} as from read_csv({seed}, all_varchar=true)"
            )
    place = ("--landing-schema", "few", "--landing-database", "shop")
    done = check(*place, profile=shown_profile())
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Raw tables in shop.few" in done.stdout
    assert line_of("orders", done.stdout).startswith(f"orders orders {seed_rows('orders'):,} ")

    gone = check(*place, profile=shown_profile(), PGHOST="/nowhere")
    assert gone.returncode == 1
    assert gone.stderr.startswith("Error: dbt stopped: IO Error: Unable to connect to Postgres")
    assert len(gone.stderr.splitlines()) == 1
    assert postgres["PGPASSWORD"] not in gone.stderr
