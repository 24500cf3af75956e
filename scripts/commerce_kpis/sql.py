"""Names and values of users as SQL, and what comes back."""

from __future__ import annotations

import duckdb


def quoted(identifier: str) -> str:
    """A name as a quoted identifier."""
    return '"' + identifier.replace('"', '""') + '"'


def text(value: object) -> str:
    """A value as a text literal."""
    return "'" + str(value).replace("'", "''") + "'"


def first_line(error: BaseException) -> str:
    """The first line of an error's message."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def rows_of(connection: duckdb.DuckDBPyConnection, relation: str, key: dict) -> list[dict]:
    """The rows of a relation, by column, in which each column of the key has that value."""
    where = " and ".join(f"{quoted(name)} = ?" for name in key)
    result = connection.execute(f"select * from {relation} where {where}", list(key.values()))
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def row_of(connection: duckdb.DuckDBPyConnection, relation: str, key: dict) -> dict | None:
    """The first of them; None if there is none."""
    found = rows_of(connection, relation, key)
    return found[0] if found else None
