"""What a further day delivers, as rows of the demo company: tables in the schema `day`.

Beside the columns of a table they have what days.py needs: which copies get a row (`copies_apart`,
`first_copy`), and `journey`, a name for what may arrive late together; null where nothing may.
"""

from __future__ import annotations

import duckdb
from commerce_kpis.sql import quoted, text

from .day_changes import CANCELLED_ON, CHANGES, MAY_BE_CANCELLED
from .day_clock import Day
from .demo_tables import columns_of
from .known_rows import known_rows
from .roles import Contract
from .size import Size

# Tables of which nothing new comes by itself; refunds come by the orders of the last 90 days.
SETTLED = frozenset(
    [
        *("annotations", "campaigns", "companies", "contacts", "product_costs", "products"),
        *("refund_lines", "refunds", "sales_reps", "surveys", "targets"),
    ]
)
# What may arrive late together. Orders are sent again, so theirs must not change from day to day.
JOURNEYS = {
    "web_events": "client_id || ' {day}'",
    "orders": "case when regexp_full_match(order_id, '.*[.]y[0-9]+') then order_id end",
}
LOADED = ("source_updated_at", "loaded_at")


def delivered_columns(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    """The columns of a day's file: those of the history, and always when it was loaded."""
    names = columns_of(connection, f"demo.{table}")
    return [*names, *(name for name in LOADED if name not in names)]


def make_day_table(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    table: str,
    day: Day,
    size: Size,
    relation: str,
    target: str,
) -> int:
    """Make a table of what a day delivers for a raw table; return its rows.

    `relation` is the demo's table, or one of its columns.
    """
    queries = [] if table in SETTLED else [_news(connection, contract, table, day, relation)]
    if table in CHANGES:
        queries += CHANGES[table](connection, contract, day, size)
    if not queries:
        return 0
    names = columns_of(connection, f"demo.{table}")
    values = [f"cast(null as varchar) as {quoted(name)}" for name in names]
    shape = f"select {', '.join(values)}, 1 as copies_apart, 0 as first_copy where false"
    others = ", ".join(quoted(name) for name in names if name not in LOADED)
    journey = JOURNEYS.get(table, "null").replace("{day}", str(day.date))
    connection.execute(
        f"""
        create or replace table {target} as
        select
            row_number() over (order by {others}) as row_number,
            {others},
            {text(f"{day.date} 23:00:00")} as source_updated_at,
            {text(day.night)} as loaded_at,
            copies_apart,
            first_copy,
            cast({journey} as varchar) as journey
        from ({" union all by name ".join([shape, *queries])})
        """
    )
    ((rows,),) = connection.execute(f"select count(*) from {target}").fetchall()
    return rows


def _news(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    table: str,
    day: Day,
    relation: str,
) -> str:
    """What happened on the same weekday a year before, happens again."""
    known = known_rows(connection, contract, table, day, day.round, relation)
    conditions = {
        # Older orders were paid when they were new.
        "payments": f"(order_id is null or ends_with(order_id, {text(day.round.mark)}))",
        # What is sent after a cancellation would take it back.
        "orders": f"(born = date '{day.source}' or not {MAY_BE_CANCELLED}"
        f" or born + {CANCELLED_ON} > date '{day.source}')",
    }
    return f"""
        select
            * exclude (born, row_number, is_news),
            1 as copies_apart,
            0 as first_copy
        from ({known})
        where is_news and {conditions.get(table, "true")}
    """
