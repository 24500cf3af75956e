"""Raw tables from seeds, files and a schema: the same rows in staging, and one line for each fault.

Every test runs dbt in a process of its own, in a small project of landing and staging only.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import shutil
import subprocess
from pathlib import Path

import duckdb
import pytest
from commerce_kpis.sql import text as literal
from conftest import PROJECT
from landing_project import LandingProject

AWKWARD = 'o\'neill & "sons"[1]'  # a folder name that breaks SQL, patterns and shells alike
# Names of a schema, a file and a column that would be run if they stood in SQL as they are.
SCHEMA = "O'Neill'; DROP SCHEMA staging CASCADE; --"
PART = "2025 02'); drop schema staging cascade; -- [a]*.csv.gz"
COLUMN = "colour'); drop schema staging cascade; --"
SAME = ("seeds", "files")  # ways in that keep every value as the text it was written as
TABLES = ("companies", "orders", "order_lines", "web_sessions", "touches")

COMPANIES = f"""\
company_id,valid_from,company_name,employee_count,is_internal,{COLUMN}
C1,,"Smith, ""Jones"" & Co",17850,false,red
C2,2025-01-01T00:00:00+01:00,"Two
lines", 12 ,TRUE,
C3,,,many,,blue
"""
ORDERS_JANUARY = """\
order_id,placed_at,currency_code,company_id,total_amount,source_name,loaded_at
O1,2025-01-31 23:30:00,eur,C1,120.50,,2025-02-01 00:00:00
O2,2025-01-31T23:30:00Z,EUR,17850,,shop,2025-02-01 00:00:00
O2,2025-01-31T23:30:00Z,EUR,17850,,crm,2025-02-01 00:00:00
O3,2025-02-30,EUR,C1,nan,,2025-02-01 00:00:00
"""
ORDERS_FEBRUARY = """\
loaded_at,currency_code,order_id,placed_at,is_test
2025-03-01 00:00:00,USD,O4,2025-02-15,true
2025-02-20 00:00:00,USD,O1,2025-01-31 23:30:00,
"""
ORDER_LINES = """\
order_line_id,order_id,quantity,unit_price,product_id,tax_rate,cancelled_at
L1,O1,2,60.25,17850,0.2,
L2,O2,1,0.1,,,2025-02-03 10:00:00
L3,O4,3,99999.9999,P1,0.07,
"""
WEB_SESSIONS = """\
session_id,started_at,pageviews,has_cart
S1,2025-01-31 22:00:00,3,true
S2,2025-01-31 22:00:00.123456,,
"""
DELIVERY = {
    "companies": [COMPANIES],
    "orders": [ORDERS_JANUARY, ORDERS_FEBRUARY],
    "order_lines": [ORDER_LINES],
    "web_sessions": [WEB_SESSIONS],
}
# The tables whose values have a type of their own; the other two hold values that fit none.
TYPED = {
    "order_lines": """
        select
            order_line_id, order_id, quantity::double as quantity, unit_price::decimal(18, 4)
                as unit_price, product_id, tax_rate::double as tax_rate,
            cancelled_at::timestamp as cancelled_at
    """,
    "web_sessions": """
        select
            session_id, (started_at || 'Z')::timestamptz as started_at,
            pageviews::integer as pageviews, has_cart::boolean as has_cart
    """,
}


def rows_of(text: str) -> tuple[list[str], list[list[str]]]:
    """Header and rows of a CSV text."""
    header, *rows = csv.reader(io.StringIO(text))
    return header, rows


class Project(LandingProject):
    """A project with empty seeds, and the delivery of these tests in each of the three ways."""

    def __init__(self, folder: Path) -> None:
        self.landing = folder / AWKWARD
        self.loader = folder / "loader.duckdb"
        super().__init__(folder, f"attach:\n  - path: {json.dumps(str(self.loader))}\n")
        (folder / "models" / "trust").mkdir()
        shutil.copyfile(
            PROJECT / "models/trust/build_inputs.sql", folder / "models/trust/build_inputs.sql"
        )
        for seed in (folder / "seeds" / "raw").glob("*.csv"):
            header = seed.read_text(encoding="utf-8").splitlines()[0]
            seed.write_text(header + "\n", encoding="utf-8")
        duckdb.connect(str(self.loader)).close()

    def dbt(self, landing: str, *select: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Build a selection; the folder of files has an awkward name."""
        chosen = {"landing": landing, "landing_path": str(self.landing), **variables}
        return self.build(landing, *(select or ["int_landing__availability"]), **chosen)

    def write_seeds(self) -> None:
        """The delivery as demo seeds, all parts in one file with the contract's columns."""
        for table, parts in DELIVERY.items():
            path = self.folder / "seeds" / "raw" / f"raw_{table}.csv"
            names = path.read_text(encoding="utf-8").splitlines()[0].split(",")
            with path.open("w", encoding="utf-8", newline="") as target:
                writer = csv.DictWriter(target, names, extrasaction="ignore")
                writer.writeheader()
                for part in parts:
                    header, rows = rows_of(part)
                    writer.writerows(dict(zip(header, row, strict=True)) for row in rows)

    def write_files(self) -> None:
        """The delivery as files: CSV with its oddities, gzip, parts, and typed Parquet."""
        shutil.rmtree(self.landing, ignore_errors=True)
        (self.landing / "orders").mkdir(parents=True)
        companies = COMPANIES.replace("company_id", "Company_ID", 1).replace("\n", "\r\n")
        companies = companies.replace("Two\r\nlines", "Two\nlines")
        (self.landing / "companies.csv").write_bytes(b"\xef\xbb\xbf" + companies.encode())
        (self.landing / "orders" / "2025-01.csv").write_text(ORDERS_JANUARY, encoding="utf-8")
        (self.landing / "orders" / PART).write_bytes(gzip.compress(ORDERS_FEBRUARY.encode()))
        (self.landing / "_read_me.csv").write_text("not a table", encoding="utf-8")
        (self.landing / "notes.txt").write_text("not a table", encoding="utf-8")
        with duckdb.connect() as connection:
            connection.execute("set TimeZone = 'Asia/Tokyo'")
            for table, types in TYPED.items():
                self._text_table(connection, table, table, DELIVERY[table][0])
                target = literal(self.landing / f"{table}.parquet")
                connection.execute(f"copy ({types} from {table}) to {target} (format parquet)")

    def write_schema(self) -> None:
        """The delivery as tables and views of another database, names in upper case."""
        self.loader.unlink()
        with duckdb.connect(str(self.loader)) as connection:
            connection.execute(f'create schema "{SCHEMA.lower()}"; use loader."{SCHEMA}"')
            for table, parts in DELIVERY.items():
                for number, part in enumerate(parts):
                    self._text_table(connection, f"{table}_part_{number}", table, part, upper=True)
                names = [f"{table}_part_{number}" for number in range(len(parts))]
                union = " union all by name ".join(f"select * from {name}" for name in names)
                columns = TYPED.get(table, "select *")
                kind = "view" if table == "orders" else "table"
                connection.execute(f"create {kind} {table.upper()} as {columns} from ({union})")

    @staticmethod
    def _text_table(
        connection: duckdb.DuckDBPyConnection,
        name: str,
        table: str,
        text: str,
        upper: bool = False,
    ) -> None:
        header, rows = rows_of(text)
        columns = ", ".join(f'"{column.upper() if upper else column}" varchar' for column in header)
        connection.execute(f"create or replace table {name} ({columns})")
        for row in rows:
            values = [value or None for value in row]
            connection.execute(f"insert into {name} values ({', '.join('?' * len(row))})", values)

    def loader_content(self) -> list[tuple]:
        """All columns and row counts of the loader's database."""
        with duckdb.connect(str(self.loader), read_only=True) as connection:
            return connection.execute(
                "select schema_name, table_name, sql from duckdb_tables() order by all"
            ).fetchall()


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project(tmp_path_factory.mktemp("landing"))


def problems(done: subprocess.CompletedProcess[str]) -> list[str]:
    """The lines in which dbt says what is wrong, after an end that says so too."""
    assert done.returncode != 0, done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert "START sql" not in done.stdout, "a model ran before the delivery was checked"
    text = done.stdout.split("(./dbt_project.yml)\n", 1)[1].split("\n  \n", 1)[0]
    return [line.strip() for line in text.splitlines() if line.strip()]


def assert_lines(lines: list[str], expected: list[tuple[str, ...]]) -> None:
    """Each expected fault is one line that holds its words, and names the page."""
    for words in expected:
        hits = [line for line in lines if all(word in line for word in words)]
        assert len(hits) == 1, (words, lines)
        assert "docs/landing_contract.md" in hits[0]
    assert len(lines) == len(expected), lines


def test_the_three_ways_give_the_same_staging_tables(project: Project) -> None:
    select = [f"+stg_contract__{table}" for table in TABLES]
    project.write_seeds()
    project.write_files()
    project.write_schema()
    content = project.loader_content()
    database = {"landing_database": "loader", "landing_schema": SCHEMA}
    for landing, variables in (("seeds", {}), ("files", {}), ("schema", database)):
        done = project.dbt(landing, *select, "int_landing__availability", **variables)
        assert done.returncode == 0, done.stdout
    assert project.loader_content() == content, "a build wrote into the loader's schema"

    for table in TABLES:
        # What was typed has another text than what was written, so only its hash differs.
        hash_too = "" if table in TYPED else ", row_hash"
        stg = f"select * exclude (row_hash) {hash_too} from staging.stg_contract__{table}"
        base = f"""
            select row_status, reject_reason, count(*)
            from staging.base_contract__{table} group by all
        """
        seeds = [project.query("seeds", f"{query} order by all") for query in (stg, base)]
        for landing in ("files", "schema"):
            others = [project.query(landing, f"{query} order by all") for query in (stg, base)]
            assert others == seeds, (landing, table)

    orders = project.query(
        "files",
        "select order_id, source_name, is_test, strftime(placed_at, '%c'), currency_code"
        " from staging.stg_contract__orders order by all",
    )
    assert [row[:2] for row in orders] == [
        ("O1", "default"),
        ("O4", "default"),
        ("crm:O2", "crm"),
        ("shop:O2", "shop"),
    ]
    companies = project.query(
        "files",
        "select company_id, company_name, employee_count from staging.stg_contract__companies"
        " order by all",
    )
    assert companies == [("C1", 'Smith, "Jones" & Co', 17850), ("C2", "Two\nlines", 12)]
    (kept,) = project.query(
        "files",
        "select reject_reason, raw_row from staging.base_contract__companies"
        " where row_status = 'rejected'",
    )
    assert kept[0] == "unparsable_employee_count"
    assert json.loads(kept[1])[COLUMN] == "blue", "an unknown column is kept in raw_row"
    products = project.query("schema", "select product_id from staging.stg_contract__order_lines")
    assert ("17850",) in products, "an id is the same text however it was typed"


def test_the_same_rows_in_other_files_have_the_same_hash(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.keep_tables(*TABLES)
    project.write_seeds()
    project.write_files()
    for landing in ("seeds", "files"):
        done = project.dbt(landing, "+build_inputs")
        assert done.returncode == 0, done.stdout
    hashes = "select table_name, rows_landed, content_hash from trust.build_inputs order by all"
    seeds, files = ({row[0]: row[1:] for row in project.query(way, hashes)} for way in SAME)
    for table in ("companies", "orders"):
        assert files[table] == seeds[table]
    assert files["orders"][0] == 6
    assert files["touches"] == (0, None)
    named = project.query(
        "files", "select file_names, file_bytes from trust.build_inputs where table_name = 'orders'"
    )
    size = sum(path.stat().st_size for path in (project.landing / "orders").iterdir())
    assert named == [(f"orders/{PART}, orders/2025-01.csv", size)]
    assert project.query("seeds", "select count(file_names) from trust.build_inputs") == [(0,)]


def test_availability_says_what_was_delivered(project: Project) -> None:
    query = """
        select is_required, is_delivered from intermediate.int_landing__availability
        where table_name = {} and column_name is not distinct from {}
    """
    expected = {
        ("orders", None): (True, True),
        ("orders", "order_id"): (True, True),
        ("orders", "is_test"): (False, True),
        ("orders", "sales_channel"): (False, False),
        ("orders", "loaded_at"): (False, True),
        ("touches", None): (False, False),
        ("touches", "touch_id"): (True, False),
        ("targets", "dimension"): (False, False),
    }
    for (table, column), answer in expected.items():
        column_sql = literal(column) if column else "null"
        rows = project.query("files", query.format(literal(table), column_sql))
        assert rows == [answer], (table, column)


def test_the_demo_is_not_loaded_beside_files_or_a_schema(project: Project) -> None:
    for landing, expected in (("seeds", 1), ("files", 0), ("schema", 0)):
        query = "select count(*) from duckdb_schemas() where schema_name = 'demo_raw'"
        assert project.query(landing, query) == [(expected,)]


def test_a_folder_that_does_not_exist_or_is_empty_is_one_line(project: Project) -> None:
    shutil.rmtree(project.landing)
    for _ in range(2):
        lines = problems(project.dbt("files"))
        assert_lines(lines, [(AWKWARD, "landing_path", "does not exist or holds no files")])
        project.landing.mkdir(exist_ok=True)


def test_files_that_belong_to_no_table_are_one_line_each(project: Project) -> None:
    project.write_files()
    (project.landing / "order_line.csv").write_text("order_line_id\n1\n", encoding="utf-8")
    (project.landing / "orders.csv").write_text("order_id\n1\n", encoding="utf-8")
    (project.landing / "quotes.xlsx").write_bytes(b"PK")
    (project.landing / "orders" / "2024").mkdir()
    (project.landing / "orders" / "2024" / "old.csv").write_text("order_id\n1\n", encoding="utf-8")
    expected = [
        ("order_line.csv", "belongs to no table", "rename"),
        ("orders.csv", "delivered twice", "keep one"),
        ("quotes.xlsx", "neither CSV", "convert"),
        ("old.csv", "sub-folder", "move it up"),
    ]
    assert_lines(problems(project.dbt("files")), expected)


def test_broken_files_are_one_line_each(project: Project) -> None:
    project.write_files()
    folder = project.landing
    (folder / "companies.csv").unlink()
    (folder / "order_lines.parquet").unlink()
    (folder / "order_lines.csv").write_text(
        ORDER_LINES.replace("unit_price", "price"), encoding="utf-8"
    )
    whole = (folder / "web_sessions.parquet").read_bytes()
    (folder / "web_sessions.parquet").write_bytes(whole[: len(whole) // 2])
    (folder / "web_events.parquet").write_bytes(b"<html>no file today</html>")
    (folder / "contacts.csv").write_bytes(bytes(range(256)) * 20)
    (folder / "leads.csv").write_bytes(b"")
    (folder / "touches.csv").write_text("touch_id;touched_at\nT1;2025-01-01\n", encoding="utf-8")
    (folder / "products.csv").write_text("product_id,Product_ID\nP1,P1\n", encoding="utf-8")
    (folder / "refunds.csv.gz").write_bytes(b"refund_id,order_id\n")
    (folder / "surveys.csv").write_text(
        'survey_id,survey_type,scale_min,"scale_max\nn,relationship,0,10\nm",transactional,0,10\n',
        encoding="utf-8",
    )
    packed = gzip.compress(b"campaign\n" * 5000)
    (folder / "sales_reps.csv.gz").write_bytes(packed[: len(packed) // 2])
    (folder / "payments.csv").write_text(
        "payment_id,paid_at,amount,currency_code\nP1,2025-01-01,5,EUR\nP2,2025-0", encoding="utf-8"
    )
    (folder / "quotes.csv").write_text(
        'quote_id,requested_at\nQ1,2025-01-01\nQ2,"2025-01-01\nQ3,2025-01-01\n', encoding="utf-8"
    )
    (folder / "campaigns.csv").write_bytes("campaign,program\nété,x\n".encode("latin-1"))
    expected = [
        ("required table companies", "missing", "companies.csv or companies.parquet"),
        ("required column order_lines.unit_price", "order_lines.csv", "add it"),
        ("web_sessions.parquet", "no Parquet file, or was cut off", "#web_sessions"),
        ("web_events.parquet", "no Parquet file", "write it again"),
        ("contacts.csv", "does not start with a header line", "utf-8"),
        ("leads.csv", "empty or no utf-8 text", "header line"),
        ("touches.csv", "does not start with a header line", "separated by ','"),
        ("products.csv", "twice", "rename"),
        ("refunds.csv.gz", "no gzip file"),
        ("surveys.csv", "a quote in its header line that does not close"),
        ("sales_reps.csv.gz", "was cut off", "pack it again"),
        ("payments.csv", "line 3", "repair"),
        ("quotes.csv", "line 3", "unterminated quote"),
        ("campaigns.csv", "line 2", "utf-8", "or set landing_encoding"),
    ]
    assert_lines(problems(project.dbt("files")), expected)


def write_latin_1_files(folder: Path) -> dict[str, str]:
    """The required tables as Latin-1, one of them packed; table to the name that it holds."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    names = {"companies": "Société Müller & Søn", "order_lines": "Größe 10½"}
    companies = COMPANIES.replace("Two", names["companies"]).encode("latin-1")
    lines = ORDER_LINES.replace("P1", names["order_lines"]).encode("latin-1")
    (folder / "companies.csv").write_bytes(companies)
    (folder / "orders.csv").write_text(ORDERS_JANUARY, encoding="latin-1")
    (folder / "order_lines.csv.gz").write_bytes(gzip.compress(lines))
    return names


def test_latin_1_is_read_where_the_variable_says_so(project: Project) -> None:
    names = write_latin_1_files(project.landing)
    select = ["+stg_contract__companies", "+stg_contract__order_lines"]
    done = project.dbt("files", *select, landing_encoding="latin-1")
    assert done.returncode == 0, done.stdout
    for table, column in (("companies", "company_name"), ("order_lines", "product_id")):
        found = project.query("files", f"select {column} from staging.stg_contract__{table}")
        assert [row for row in found if (row[0] or "").startswith(names[table])], found


def test_files_that_are_no_latin_1_are_one_line_each(project: Project) -> None:
    write_latin_1_files(project.landing)
    windows = "product_id,product_name\nP1,Würfel\nP2,5 € Gutschein\n".encode("cp1252")
    (project.landing / "products.csv").write_bytes(windows)
    (project.landing / "campaigns.csv").write_text("campaign\nÉté\n", encoding="utf-8-sig")
    lines = problems(project.dbt("files", landing_encoding="latin-1"))
    expected = [
        ("products.csv", "line 3", "Windows-1252", "as UTF-8", "#products"),
        ("campaigns.csv", "UTF-8 byte order mark", "landing_encoding says latin-1"),
    ]
    assert_lines(lines, expected)
    lines = problems(project.dbt("files", landing_encoding="latin1"))
    assert_lines(lines, [("landing_encoding is 'latin1'", "utf-8 or latin-1")])


def test_a_schema_that_cannot_be_used_is_one_line(project: Project) -> None:
    missing = {"landing_database": "loader", "landing_schema": "nothing here"}
    assert_lines(problems(project.dbt("schema", **missing)), [("loader.nothing here", "attach")])
    own = {"landing_schema": "Staging"}
    lines = problems(project.dbt("schema", **own))
    assert_lines(lines, [("schema.Staging", "builds into")])


def test_a_name_that_sql_cannot_quote_is_one_line(project: Project) -> None:
    quoted = {"landing_database": "loader", "landing_schema": 'x"; drop schema staging; --'}
    assert_lines(problems(project.dbt("schema", **quoted)), [("drop schema", "a double quote")])
    project.write_files()
    lines = problems(project.dbt("files", landing_delimiter='"'))
    assert_lines(lines, [("landing_delimiter", "no double quote")])


def test_tables_that_a_schema_lacks_are_one_line_each(project: Project) -> None:
    project.write_schema()
    with duckdb.connect(str(project.loader)) as connection:
        connection.execute(f'use loader."{SCHEMA}"')
        connection.execute("drop table companies; drop view orders")
        connection.execute("create table orders (order_id integer, placed_at timestamp)")
    variables = {"landing_database": "loader", "landing_schema": SCHEMA}
    expected = [
        ("required table companies", f"loader.{SCHEMA}", "view of this name"),
        ("required column orders.currency_code", f"loader.{SCHEMA}"),
    ]
    assert_lines(problems(project.dbt("schema", **variables)), expected)


def test_a_switch_that_says_nothing_is_one_line(project: Project) -> None:
    done = project.dbt("file")
    assert done.returncode != 0
    (line,) = re.findall(r".*variable landing is 'file'.*", done.stdout)
    assert "seeds, files or schema" in line


def test_a_session_in_another_time_zone_is_one_line(project: Project) -> None:
    profile = project.folder / "profiles.yml"
    utc = profile.read_text(encoding="utf-8")
    profile.write_text(utc.replace("TimeZone: UTC", "TimeZone: Asia/Tokyo"), encoding="utf-8")
    try:
        lines = problems(project.dbt("seeds"))
    finally:
        profile.write_text(utc, encoding="utf-8")
    assert_lines(lines, [("Asia/Tokyo", "settings: {TimeZone: UTC}")])


def test_a_kpi_that_the_generated_list_lacks_stops_the_build(project: Project) -> None:
    folder = project.folder / "models" / "marts" / "kpis" / "sales"
    folder.mkdir(parents=True)
    (folder / "kpi_forgotten.sql").write_text("select 1 as answer", encoding="utf-8")
    (line,) = problems(project.dbt("seeds", "kpi_forgotten"))
    assert "kpi_forgotten" in line
    assert "scripts/generate_macros" in line
    shutil.rmtree(folder)
