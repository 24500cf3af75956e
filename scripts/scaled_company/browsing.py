"""Visitors who only look: the demo has few hits a visit, a shop of size has many."""

from __future__ import annotations

import duckdb

from .demo_tables import columns_of
from .prepare import moment_of
from .roles import Contract

# A hit is followed by 0 to 12 further page views, up to 45 seconds apart: 12 x 45 seconds do not
# end a visit.
MOST_VIEWS = 12
SECONDS_APART = 45


def add_browsing(connection: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Make demo.browsing: the sound hits of visitors whom no other row knows, and further views."""
    links = " union ".join(
        f"select client_id from demo.{table} where client_id is not null"
        for table in contract.tables
        if table != "web_events" and "client_id" in columns_of(connection, f"demo.{table}")
    )
    connection.execute(
        f"""
        create table demo.browsing as
        with known as (
            {links}
            union
            select client_id
            from demo.web_events
            where
                client_id is not null
                and (
                    coalesce(order_id, contact_id, is_deleted, is_bot, source_name) is not null
                    or {moment_of("event_at")} is null
                    or event_at > loaded_at
                    or event_id is null
                    or event_name is null
                )
        ),

        hits as (
            select *
            from demo.web_events
            where client_id is not null and client_id not in (select client_id from known)
            qualify row_number() over (partition by event_id order by row_number) = 1
        ),

        views as (
            select
                hits.*,
                unnest(range(1, 1 + cast(hash(event_id) % {MOST_VIEWS + 1} as integer))) as view
            from hits
        ),

        followed as (
            select
                * exclude (view) replace (
                    event_id || '.' || view as event_id,
                    cast(
                        cast(event_at as timestamp)
                        + to_seconds(view * (1 + cast(hash(event_id) % {SECONDS_APART} as integer)))
                        as varchar
                    ) as event_at,
                    'page_view' as event_name,
                    null as session_id,
                    null as page_url,
                    null as referrer,
                    null as utm_source,
                    null as utm_medium,
                    null as utm_campaign
                )
            from views
        )

        select * from hits
        union all
        select * from followed
        """
    )
