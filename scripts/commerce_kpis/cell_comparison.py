"""Whether two attached databases hold the same cells: counts and money exactly, ratios nearly."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import duckdb

from commerce_kpis.sql import quoted, text

SCHEMAS = ("core", "kpi")
TOLERANCE = 1e-9
# Differs between runs, not between engines.
OF_THE_BUILD = ("build_id",)
FLOATS = ("DOUBLE", "FLOAT")
# Money and quantities have at most so many places. What has more was cut out of a float.
EXACT_PLACES = 8
NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UBIGINT", "DECIMAL", *FLOATS)
SIDES = ("one", "other")
SHOWN = 3
# A table: its columns by name, with their types.
Tables = dict[str, dict[str, str]]


@dataclass
class Compared:
    """What the comparison of one table found."""

    table: str
    rows: int
    cells: int
    differences: int
    notes: list[str] = field(default_factory=list)


def tables_of(connection: duckdb.DuckDBPyConnection, database: str) -> Tables:
    """The tables and views of the compared schemas."""
    found: Tables = {}
    for schema, table, column, kind in connection.execute(
        "select schema_name, table_name, column_name, data_type from duckdb_columns() "
        f"where database_name = ? and schema_name in {SCHEMAS} order by table_name, column_index",
        [database],
    ).fetchall():
        found.setdefault(f"{schema}.{table}", {})[column] = kind
    return found


def compare_tables(
    connection: duckdb.DuckDBPyConnection, one: str, other: str, tables: tuple[Tables, Tables]
) -> list[Compared]:
    """Compare each table of two attached databases.

    Args:
        connection: both are attached, to be read.
        one: name of the first database.
        other: name of the second.
        tables: what `tables_of` says of each.
    """
    compared = []
    for table in sorted(tables[0].keys() | tables[1].keys()):
        columns = [side.get(table) for side in tables]
        if None in columns:
            missing = (one, other)[columns.index(None)]
            compared.append(Compared(table, 0, 0, 1, [f"{missing} has no such table"]))
        elif set(columns[0]) != set(columns[1]):
            names = ", ".join(sorted(set(columns[0]) ^ set(columns[1])))
            compared.append(Compared(table, 0, 0, 1, [f"only one has the columns {names}"]))
        else:
            rows = _rows_if_the_same(connection, one, other, table, columns)
            compared.append(
                Compared(table, rows, rows * len(_kinds(columns[0])), 0)
                if rows is not None
                else _compare_table(connection, one, other, table, columns[0])
            )
    return compared


def _kinds(columns: dict[str, str]) -> dict[str, str]:
    """The compared columns."""
    return {name: kind for name, kind in columns.items() if name not in OF_THE_BUILD}


def _rows_if_the_same(
    connection: duckdb.DuckDBPyConnection,
    one: str,
    other: str,
    table: str,
    columns: list[dict[str, str]],
) -> int | None:
    """The number of rows of a table that is the same to the last digit in both, found by the hashes
    of its rows; None if it may not be."""
    if _kinds(columns[0]) != _kinds(columns[1]):
        return None
    names = ", ".join(map(quoted, _kinds(columns[0])))
    found = [
        connection.execute(
            f"select count(*), sum(hash({names})), bit_xor(hash({names})) "
            f"from {quoted(database)}.{_dotted(table)}"
        ).fetchone()
        for database in (one, other)
    ]
    return found[0][0] if found[0] == found[1] else None


def _compare_table(
    connection: duckdb.DuckDBPyConnection,
    one: str,
    other: str,
    table: str,
    columns: dict[str, str],
) -> Compared:
    """Pair the rows of a table by what is no number, and in its order by the numbers, and compare
    these; of a row without a partner every cell is a difference."""
    kinds = _kinds(columns)
    numbers = [name for name, kind in kinds.items() if kind.startswith(NUMBERS)]
    key = [name for name in kinds if name not in numbers]
    for side, database in zip(SIDES, (one, other), strict=True):
        partition = f"partition by {', '.join(map(quoted, key))} " if key else ""
        order = f"order by {', '.join(map(quoted, numbers))}" if numbers else ""
        connection.execute(
            f"create or replace temp table side_{side} as select "
            f"{', '.join(map(quoted, kinds))}, row_number() over ({partition}{order}) as number "
            f"from {quoted(database)}.{_dotted(table)}"
        )
    same_key = " and ".join(
        f"one.{name} is not distinct from other.{name}" for name in [*map(quoted, key), "number"]
    )
    keys = [f"coalesce(one.{name}, other.{name}) as {name}" for name in map(quoted, key)]
    pairs = [f"{side}.{quoted(name)} as {_side(name, side)}" for name in numbers for side in SIDES]
    is_paired = "one.number is not null and other.number is not null as is_paired"
    connection.execute(
        f"create or replace temp table paired as select {', '.join([*keys, *pairs, is_paired])} "
        f"from side_one as one full join side_other as other on {same_key}"
    )
    differs = {name: _differs(name, kinds[name]) for name in numbers}
    counts = connection.execute(
        "select count(*), count(*) filter (where not is_paired)"
        + "".join(f", count(*) filter (where is_paired and {sql})" for sql in differs.values())
        + " from paired"
    ).fetchone()
    rows, unpaired, by_column = counts[0], counts[1], dict(zip(differs, counts[2:], strict=True))
    found = Compared(
        table, rows, rows * len(kinds), unpaired * len(kinds) + sum(by_column.values())
    )
    if unpaired:
        found.notes.append(f"{unpaired:,} rows are in one of them only")
    for name, count in by_column.items():
        if count:
            found.notes += _examples(connection, key, name, differs[name])
    return found


def _side(name: str, side: str) -> str:
    """The column of a number of one side."""
    return quoted(f"{name} {side}")


def _differs(name: str, kind: str) -> str:
    """Whether a pair of numbers differs: floats by more than their last digits."""
    one, other = (_side(name, side) for side in SIDES)
    places = re.fullmatch(r"DECIMAL\(\d+,(\d+)\)", kind)
    if kind not in FLOATS and not (places and int(places[1]) > EXACT_PLACES):
        return f"{one} is distinct from {other}"
    # nan is larger than all others here, and equal to itself.
    limit = f"{TOLERANCE} * greatest(1, least(abs({one}), abs({other})))"
    return f"({one} is distinct from {other} and coalesce(abs({one} - {other}) > {limit}, true))"


def _examples(
    connection: duckdb.DuckDBPyConnection, key: list[str], name: str, differs: str
) -> list[str]:
    where = ", ".join(f"coalesce(cast({quoted(column)} as varchar), '')" for column in key[:5])
    rows = connection.execute(
        f"select concat_ws(' ', {where or text('')}), {_side(name, 'one')}, "
        f"{_side(name, 'other')} from paired where is_paired and {differs} "
        f"order by all limit {SHOWN}"
    ).fetchall()
    return [f"{name} of {key_text}: {one} and {other}" for key_text, one, other in rows]


def _dotted(table: str) -> str:
    return ".".join(map(quoted, table.split(".")))
