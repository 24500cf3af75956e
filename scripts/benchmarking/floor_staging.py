"""Staging of the floor: from the landing contract, the SQL that an expert would write by hand.

Each raw table is typed once, rows that break a rule are left out, and the newest of each key is
kept, with the columns that the floor's SQL names. Nothing is kept of what was left out: no reason,
no raw row, no hash; the hash that decides between versions of equal age is only made for those.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
from commerce_kpis.generate_macros import landing_contract
from commerce_kpis.sql import quoted, text

CASTS = {
    # Without an offset a cast by the calendar of time zones would only cost time.
    "timestamp": "case when length({0}) <= 19 then try_cast({0} as timestamp) "
    "else cast(try_cast({0} as timestamptz) as timestamp) end",
    "date": "try_cast({} as date)",
    "decimal": "try_cast({} as decimal(18, 4))",
    "rate": "try_cast({} as decimal(18, 8))",
    "integer": "case when try_cast({0} as double) % 1 = 0 then try_cast({0} as bigint) end",
    "boolean": "try_cast({} as boolean)",
}
NEWEST = "source_updated_at desc nulls last, loaded_at desc nulls last, row_hash, is_deleted"
# From so many rows on, keys with several versions are looked for first: sorting all costs more.
MANY_ROWS = 100_000
SPACE = "' ' || chr(9) || chr(10) || chr(13) || chr(160)"
EARLIEST, LATEST = "date '2000-01-01'", "date '2100-01-01'"


def stage(connection: duckdb.DuckDBPyConnection, data: Path, statements: str) -> Iterator[str]:
    """Make `stg.<table>` of each raw table in the folder, and `moments`: the clock is made of it.

    Yields the name of each table once it is there.

    Args:
        connection: an open DuckDB file.
        data: folder of folders `<table>/*.parquet`, every column text.
        statements: the SQL that comes after.
    """
    words = set(re.findall(r"\w+", statements))
    connection.execute("create schema raw; create schema stg;")
    moments = []
    for table, contract in landing_contract().items():
        rows = _read(connection, data / table, table, contract)
        kept = [
            name
            for name, column in contract["columns"].items()
            if name in words or "key" in column["need"] or name in _dates(contract)
        ]
        _type(connection, table, contract, kept, rows)
        moments.append(_moments(table, contract))
        yield table
    connection.execute(f"create table moments as {' union all '.join(moments)}")


def _read(connection: duckdb.DuckDBPyConnection, folder: Path, table: str, contract: dict) -> int:
    """A view of a raw table with all columns of the contract, trimmed; the number of its rows."""
    files = text(folder / "*.parquet")
    source = f"from read_parquet({files})" if folder.is_dir() else "where false"
    delivered = connection.sql(source).columns if folder.is_dir() else []
    columns = {
        name: f"nullif(trim({quoted(name)}, {SPACE}), '')"
        if name in delivered
        else "cast(null as varchar)"
        for name in [*contract["columns"], *contract["common"]]
    }
    trimmed = ", ".join(f"{sql} as {name}" for name, sql in columns.items())
    connection.execute(f"create view raw.{table} as select {trimmed} {source}")
    return connection.sql(f"select count(*) from raw.{table}").fetchall()[0][0]


def _type(
    connection: duckdb.DuckDBPyConnection, table: str, contract: dict, kept: list[str], rows: int
) -> None:
    """`stg.<table>`: the good rows, the newest of each key."""
    columns = {**contract["columns"], **contract["common"]}
    typed = ", ".join(f"{_typed(name, column)} as {name}" for name, column in columns.items())
    broken = " or ".join(
        f"({name} is not null and {CASTS[column['type']].format(name)} is null)"
        for name, column in columns.items()
        if column["type"] != "text"
    )
    hashed = ", ".join(f"coalesce({name}, '')" for name in contract["columns"])
    connection.execute(
        f"create macro typed_{table}(rows) as table with typed as ("
        f"select {typed}, md5(concat_ws(chr(31), {hashed})) as row_hash, {broken} as is_broken "
        f"from query_table(rows)) "
        f"select * exclude (is_broken) from typed where {' and '.join(_rules(contract))}"
    )
    chosen = ", ".join([*kept, *contract["common"]])
    keys = [name for name, column in columns.items() if "key" in column["need"]]
    key = f"struct_pack({', '.join(['source_name', *keys])})"
    newest = f"qualify row_number() over (partition by {key} order by {NEWEST}) = 1"
    if rows < MANY_ROWS:
        connection.execute(
            f"create table stg.{table} as select {chosen} "
            f"from typed_{table}('raw.{table}') {newest}"
        )
        return
    fields = (f"{name} := {_typed(name, columns[name])}" for name in ("source_name", *keys))
    raw_key = f"struct_pack({', '.join(fields)})"
    if len(keys) == 1 and keys[0].endswith("_id"):
        # Such an id holds the name of its source.
        key, raw_key = keys[0], _typed(keys[0], columns[keys[0]])
    connection.execute(
        f"create table stg.{table} as select {chosen} from typed_{table}('raw.{table}');"
        f"create or replace temp table twice as "
        f"select {key} as key from stg.{table} group by key having count(*) > 1;"
        f"delete from stg.{table} where {key} in (from twice);"
        f"create or replace temp table again as from raw.{table} where {raw_key} in (from twice);"
        f"insert into stg.{table} select {chosen} from typed_{table}('again') {newest};"
    )


def _typed(name: str, column: dict) -> str:
    """A column of text as what the contract says it is, with its default."""
    sql = name if column["type"] == "text" else CASTS[column["type"]].format(name)
    if letters := column.get("letters"):
        sql = f"{letters}({sql})"
    if name.endswith("_id"):
        sql = f"case when source_name is null and not contains({sql}, ':') then {sql} "
        sql += f"else coalesce(source_name, 'default') || ':' || {name} end"
    if (default := column.get("default")) is not None:
        sql = f"coalesce({sql}, cast({text(default)} as {_sql_type(column)}))"
    return sql


def _sql_type(column: dict) -> str:
    """The SQL type of a column of the contract."""
    numbers = {"decimal": "decimal(18, 4)", "rate": "decimal(18, 8)", "integer": "bigint"}
    return numbers.get(column["type"], column["type"].replace("text", "varchar"))


def _rules(contract: dict) -> list[str]:
    """What holds for a good row. A rule over a null says nothing."""
    rules = ["not is_broken", f"coalesce({_between('loaded_at')}, true)"]
    rules.append("not contains(source_name, ':')")
    rules.append("source_name not in ('person', 'guest', 'contact')")
    for name, column in contract["columns"].items():
        if column["need"] in ("key", "required"):
            rules.append(f"{name} is not null")
        if accepted := column.get("accepted"):
            rules.append(f"coalesce({name} in ({', '.join(map(text, accepted))}), true)")
        if pattern := column.get("pattern"):
            rules.append(f"coalesce(regexp_full_match({name}, {text(pattern)}), true)")
        if column["type"] in ("decimal", "integer"):
            rules.append(f"coalesce(abs({name}) < 1000000000000, true)")
    if event := contract["event"]:
        rules.append(f"coalesce({_between(event)}, true)")
        if contract["columns"][event]["type"] == "timestamp":
            rules.append(f"coalesce({event} <= loaded_at + interval 24 hour, true)")
    rules += [f"coalesce({name} >= {EARLIEST}, true)" for name in contract["also_dated_by"]]
    return rules + [f"not coalesce({rule['when']}, false)" for rule in contract["rules"]]


def _between(name: str) -> str:
    return f"{name} >= {EARLIEST} and {name} < {LATEST}"


def _dates(contract: dict) -> list[str]:
    """The columns that say when something happened."""
    return [name for name in (contract["event"], *contract["also_dated_by"]) if name]


def _moments(table: str, contract: dict) -> str:
    """What a raw table says about the data's clock and the beginning of its history."""
    dates = [f"min(cast({name} as date)) filter (not is_deleted)" for name in _dates(contract)]
    first = f"least({', '.join(dates)})" if dates else "cast(null as date)"
    return (
        f"select {text(table)} as table_name, max(loaded_at) as loaded_at, {first} as first_date "
        f"from stg.{table}"
    )
