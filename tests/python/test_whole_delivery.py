"""Every landing table through every way in: the base shelf holds what it holds from the seeds.

The delivery is that of the demo company, its faulty rows included. A column with a value that is of
no type stays text. What was typed has another text, and so another hash; of equally new versions of
a row the hash decides, so there the accepted one may be another.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from commerce_kpis.generate_macros import landing_contract
from commerce_kpis.sql import text as literal
from conftest import PROJECT
from landing_project import LandingProject
from postgres_server import connect_postgres, shown_profile

CONTRACT = landing_contract()
TABLES = list(CONTRACT)
SQL_TYPES = {
    "integer": "bigint",
    "decimal": "decimal(18, 4)",
    "rate": "decimal(18, 8)",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamptz",
}
SCHEMA = "Raw Data"
LOADER = "attach:\n  - path: '{}'\n    read_only: true\n"


@dataclass(frozen=True)
class Table:
    """A raw table as the demo company delivers it; an empty value is a missing one."""

    name: str
    header: list[str]
    rows: list[list[str]]

    def csv(self, rows: list[list[str]], line_end: str = "\n", **style: int) -> str:
        """Some of the rows as CSV with a header."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator=line_end, **style)
        writer.writerows([self.header, *rows])
        return text.getvalue()

    def typed(self, connection: duckdb.DuckDBPyConnection) -> str:
        """The loaded table as a query with the contract's types, where every value has its type."""
        contract = {**CONTRACT[self.name]["columns"], **CONTRACT[self.name]["common"]}
        columns = []
        for name in self.header:
            sql_type = SQL_TYPES.get(contract[name]["type"], "varchar")
            cast = f"cast({name} as {sql_type})"
            # A cast to a whole number would round 8.5, which the contract refuses.
            (unfit,) = connection.execute(
                f"select count(*) from memory.{self.name} where {name} is not null and ("
                f"try_{cast} is null or ({sql_type == 'bigint'} and {name} like '%.%'))"
            ).fetchall()[0]
            columns.append(f"{name if unfit else cast} as {name}")
        return f"select {', '.join(columns)} from memory.{self.name}"


def seed(table: str) -> Path:
    """The file of a raw table of the demo company."""
    return PROJECT / "seeds" / "raw" / f"raw_{table}.csv"


@pytest.fixture(scope="module")
def delivery() -> list[Table]:
    """All tables of the contract, as the seeds have them."""
    tables = []
    for name in TABLES:
        with seed(name).open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        tables.append(Table(name, header, rows))
    return tables


@pytest.fixture(scope="module")
def loaded(delivery: list[Table]) -> duckdb.DuckDBPyConnection:
    """A database in memory with every table as texts, in UTC."""
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'")
    for table in delivery:
        columns = ", ".join(f"{literal(name)}: 'varchar'" for name in table.header)
        connection.execute(
            f"create table {table.name} as from read_csv({literal(seed(table.name))}, "
            f"header = true, columns = {{{columns}}})"
        )
    return connection


# A typed row and a row of texts may hold one value in two texts: then they are two versions, and no
# duplicates, and which of them wins depends on the text.
SAME_KEY = "('conflicting_version', 'exact_duplicate')"


def base_rows(database: str, table: str, is_typed: bool) -> str:
    """A base table as a query, without what typing changes."""
    relation = f"{database}.staging.base_contract__{table}"
    if not is_typed:
        return f"select * exclude (raw_row) from {relation}"
    columns = CONTRACT[table]["columns"]
    keys = [name for name, column in columns.items() if "key" in column["need"]]
    return f"""
        select
            * exclude (raw_row, row_hash, row_status, reject_reason, is_tied),
            if(is_tied, 'tied', row_status), if(is_tied, 'tied', reject_reason)
        from (
            select *, bool_or(coalesce(reject_reason in {SAME_KEY}, false))
                over (partition by source_name, {", ".join(keys)}) as is_tied
            from {relation}
        )
    """


@pytest.fixture(scope="module")
def same_as_seeds(built_file: Path) -> Callable[[LandingProject, str, bool], None]:
    """Compares every base table of a run with the one that was built from the seeds."""

    def compare(project: LandingProject, run: str, is_typed: bool = False) -> None:
        with duckdb.connect() as connection:
            for name, file in (("seeds", built_file), ("other", project.build_file(run))):
                connection.execute(f"attach {literal(file)} as {name} (read_only)")
            for table in TABLES:
                sides = [base_rows(name, table, is_typed) for name in ("seeds", "other")]
                found = [
                    connection.execute(f"({one}) except all ({two}) limit 3").fetchall()
                    for one, two in (sides, sides[::-1])
                ]
                assert found == [[], []], f"{table} by {run} differs from the seeds"

    return compare


def build(project: LandingProject, run: str, **variables: str) -> None:
    """Build landing and the base shelf from one way in."""
    select = "+path:models/staging/contract/base"
    done = project.build(run, select, environment={"PYTHONPATH": ""}, **variables)
    assert done.returncode == 0, done.stdout


def test_every_table_as_csv(delivery: list[Table], same_as_seeds: Callable, tmp_path: Path) -> None:
    """With byte order mark, CRLF and quotes; packed; in parts; plain with another header."""
    folder = tmp_path / "raw"
    folder.mkdir()
    for number, table in enumerate(delivery):
        path = folder / f"{table.name}.csv"
        if number % 4 == 0:
            text = table.csv(table.rows, "\r\n", quoting=csv.QUOTE_ALL)
            path.write_bytes(b"\xef\xbb\xbf" + text.encode())
        elif number % 4 == 1:
            Path(f"{path}.gz").write_bytes(gzip.compress(table.csv(table.rows).encode()))
        elif number % 4 == 2:
            (folder / table.name).mkdir()
            half = len(table.rows) // 2
            parts = Table(table.name, table.header[::-1], [row[::-1] for row in table.rows])
            (folder / table.name / "1.csv").write_text(table.csv(table.rows[:half]))
            (folder / table.name / "2.CSV").write_text(parts.csv(parts.rows[half:]))
        else:
            header, rest = table.csv(table.rows).split("\n", 1)
            path.write_text(header.upper() + "\n" + rest, encoding="utf-8")
    project = LandingProject(tmp_path)
    build(project, "csv", landing="files", landing_path=str(folder))
    same_as_seeds(project, "csv")


def test_every_table_as_typed_parquet_and_latin_1(
    delivery: list[Table],
    loaded: duckdb.DuckDBPyConnection,
    same_as_seeds: Callable,
    tmp_path: Path,
) -> None:
    """Half of each table is typed Parquet, the other half Latin-1, packed in every second table."""
    folder = tmp_path / "raw"
    for number, table in enumerate(delivery):
        (folder / table.name).mkdir(parents=True)
        half = len(table.rows) // 2
        target = literal(folder / table.name / "old.parquet")
        query = f"{table.typed(loaded)} limit {half}"
        loaded.execute(f"copy ({query}) to {target} (format parquet)")
        text = table.csv(table.rows[half:]).encode("latin-1")
        if number % 2:
            (folder / table.name / "new.csv.gz").write_bytes(gzip.compress(text))
        else:
            (folder / table.name / "new.csv").write_bytes(text)
    project = LandingProject(tmp_path)
    variables = {"landing_path": str(folder), "landing_encoding": "latin-1"}
    build(project, "parquet", landing="files", **variables)
    same_as_seeds(project, "parquet", is_typed=True)


def test_every_table_from_a_schema_of_duckdb(
    delivery: list[Table],
    loaded: duckdb.DuckDBPyConnection,
    same_as_seeds: Callable,
    tmp_path: Path,
) -> None:
    """Typed tables in an attached file; texts, and a view, in the build file itself."""
    loader = tmp_path / "loader.duckdb"
    project = LandingProject(tmp_path, LOADER.format(loader))
    for file, typed in ((loader, True), (project.build_file("same_file"), False)):
        loaded.execute(f"attach {literal(file)} as target")
        loaded.execute(f'create schema target."{SCHEMA}"')
        for table in delivery:
            query = table.typed(loaded) if typed else f"from memory.{table.name}"
            loaded.execute(f'create table target."{SCHEMA}".{table.name} as {query}')
        loaded.execute("detach target")
    with duckdb.connect(str(project.build_file("same_file"))) as connection:
        connection.execute(f'use same_file."{SCHEMA}"')
        connection.execute("alter table orders rename to loaded_orders")
        connection.execute("create view orders as from loaded_orders")
    build(project, "attached", landing="schema", landing_schema=SCHEMA, landing_database="loader")
    same_as_seeds(project, "attached", is_typed=True)
    build(project, "same_file", landing="schema", landing_schema=SCHEMA)
    same_as_seeds(project, "same_file")


def fill_postgres(connection: duckdb.DuckDBPyConnection, delivery: list[Table]) -> None:
    """Every table typed, amounts with or without precision; orders as a view, surveys as text."""
    connect_postgres(connection)
    connection.execute(f'create schema shop."{SCHEMA}"')
    changes = [
        f'alter table "{SCHEMA}".orders rename to loaded_orders',
        f'create view "{SCHEMA}".orders as select * from "{SCHEMA}".loaded_orders',
    ]
    for number, table in enumerate(delivery):
        query = f"from memory.{table.name}" if table.name == "surveys" else table.typed(connection)
        connection.execute(f'create table shop."{SCHEMA}".{table.name} as {query}')
        decimals = connection.execute(
            "select column_name from duckdb_columns() where database_name = 'shop' "
            "and table_name = ? and data_type like 'DECIMAL%'",
            [table.name],
        ).fetchall()
        for (column,) in decimals if number % 2 else []:
            changes.insert(0, f'alter table "{SCHEMA}".{table.name} alter {column} type numeric')
    for change in changes:
        connection.execute(f"call postgres_execute('shop', {literal(change)})")
    connection.execute("detach shop")


def test_every_table_from_a_schema_of_postgresql(
    delivery: list[Table],
    loaded: duckdb.DuckDBPyConnection,
    same_as_seeds: Callable,
    postgres: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A real server, found by environment variables, with the profile that the page shows."""
    for name, value in postgres.items():
        monkeypatch.setenv(name, value)
    fill_postgres(loaded, delivery)
    # No extension but the packaged one can be found, neither in the home folder nor elsewhere.
    monkeypatch.setenv("HOME", str(tmp_path))
    offline = "config_options: {autoinstall_known_extensions: false}\n"
    project = LandingProject(tmp_path, shown_profile() + offline)
    build(project, "postgres", landing="schema", landing_schema=SCHEMA, landing_database="shop")
    same_as_seeds(project, "postgres", is_typed=True)
    word = postgres["PGPASSWORD"]
    for file in [*tmp_path.glob("logs/*"), *tmp_path.glob("target_postgres/*.json")]:
        assert word not in file.read_text(encoding="utf-8"), f"{file} holds the password"


def test_a_numeric_of_postgresql_is_read_to_its_last_digit(
    postgres: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The faster protocol of the extension reads 3689.4620999999997, and 0 for NaN."""
    for name, value in postgres.items():
        monkeypatch.setenv(name, value)
    with duckdb.connect() as connection:
        connect_postgres(connection)
        make = "create table exact as select unnest(array[3689.4621, ''NaN''::numeric]) as amount"
        connection.execute(f"call postgres_execute('shop', '{make}')")
        # A cursor of its own, as each of dbt's threads has.
        found = connection.cursor().execute("select cast(amount as varchar) from shop.exact")
        assert found.fetchall() == [("3689.4621",), ("nan",)]
