"""Since when each row exists that others name, and which rows a repetition makes anew."""

from __future__ import annotations

import duckdb
from commerce_kpis.sql import quoted, text

from .demo_tables import columns_of
from .prepare import MOMENT
from .roles import Contract

DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
# The ids that other tables name and that are new in a repetition of the last year.
NAMED = {
    "order_id": "orders",
    "lead_id": "leads",
    "opportunity_id": "opportunities",
    "subscription_id": "subscriptions",
}


def date_of(column: str) -> str:
    """The date of a moment or date in text; null where it is neither."""
    name = quoted(column)
    return (
        f"case when regexp_full_match({name}, '{DATE}|{MOMENT}')"
        f" then try_cast(left({name}, 10) as date) end"
    )


def source_of(connection: duckdb.DuckDBPyConnection, table: str) -> str:
    """The source of a row; empty if it is the main one, or if the table has no other."""
    has_source = "source_name" in columns_of(connection, f"demo.{table}")
    return "coalesce(source_name, '')" if has_source else "''"


def prepare_births(connection: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Make `births`: the first date of every named row, by the name of its key, source and id."""
    queries = (
        f"""
        select
            {text(key)} as key,
            {source_of(connection, table)} as source,
            {key} as id,
            min({date_of(contract.event(table))}) as born
        from demo.{table}
        where {key} is not null
        group by all
        """
        for key, table in NAMED.items()
    )
    connection.execute(f"create table births as {' union all '.join(queries)}")


def named_key(contract: Contract, table: str, column: str) -> str | None:
    """The key of the row that a column names; None if it names nothing new, or its own row."""
    owner = contract.owner(column)
    key = next((key for key, named in NAMED.items() if named == owner), None)
    return None if (owner, column) == (table, key) else key
