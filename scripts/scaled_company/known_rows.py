"""The demo's rows in a repetition of its last year, as they were known at the end of a day."""

from __future__ import annotations

from datetime import timedelta

import duckdb
from commerce_kpis.sql import quoted, text

from .births import date_of, named_key, source_of
from .day_clock import Day, Round
from .demo_tables import columns_of
from .repeated_values import repeated_value
from .roles import Contract

# What dates a row where the contract names no event, or one that comes later.
BORN = {
    "fx_rates": "rate_date",
    "order_lines": "added_at",
    "survey_responses": "invited_at",
    "subscription_changes": "effective_date",
}
# Rows that came with another one, unless they have a date of their own.
PARENTS = {"opportunity_splits": "opportunity_id", "order_lines": "order_id"}
# Moments that say nothing new when they come.
OLD_NEWS = ("first_seen_at", "source_updated_at")


def known_rows(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    table: str,
    day: Day,
    repetition: Round,
    relation: str,
) -> str:
    """A query of a table's rows in a repetition, as known at the end of the day.

    `relation` is the demo's table, or one of its columns. Rows that were not yet there, or whose
    parent was not, are left out. Further columns: `row_number`, `born` (the date of the row in the
    demo) and `is_news` (whether something of the row happened on the day).
    """
    now = day.date - timedelta(days=repetition.days)
    names = columns_of(connection, relation)
    keys = {name: key for name in names if (key := named_key(contract, table, name))}
    joins = "".join(
        f"""
            left join births as {name}_births
                on
                    {name}_births.key = {text(key)}
                    and {name}_births.source = rows_of_demo.source
                    and {name}_births.id = rows_of_demo.{name}
        """
        for name, key in keys.items()
    )
    dated_by = BORN.get(table) or contract.event(table)
    born = [date_of(dated_by)] if dated_by else []
    born += [f"{PARENTS[table]}_births.born"] if table in PARENTS else []
    moments = [name for name in names if contract.is_moment(table, name) and name not in OLD_NEWS]
    values = {
        **{
            quoted(name): repeated_value(contract, table, name, repetition, now)
            if repetition.number
            else quoted(name)
            for name in names
        },
        "row_number": "row_number",
        "born": "born",
        "is_news": f"date '{now}' in ({', '.join(['born', *map(date_of, moments)])})",
    }
    needed = [
        f"coalesce({name}_born <= date '{now}', true)"
        for name in keys
        if contract.tables[table]["columns"][name]["need"] in ("key", "required")
    ]
    there = [f"born between date '{repetition.first_source}' and date '{now}'", *needed]
    return f"""
        select {", ".join(f"{value} as {name}" for name, value in values.items())}
        from (
            select
                rows_of_demo.*,
                {"".join(f"{name}_births.born as {name}_born, " for name in keys)}
                coalesce({", ".join(born)}) as born
            from (select *, {source_of(connection, table)} as source from {relation})
                as rows_of_demo
            {joins}
        ) as dated_rows
        where {" and ".join(there)}
    """
