"""The demo's tables made ready for copying: moments and addresses are taken apart once."""

from __future__ import annotations

import duckdb
from commerce_kpis.sql import quoted

from .demo_tables import columns_of
from .roles import Contract

MOMENT = "[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}"
ADDRESSES = ("email", "domain")


def moment_of(column: str) -> str:
    """A text as a timestamp; null where it is not written as YYYY-MM-DD HH:MM:SS."""
    name = quoted(column)
    return f"case when regexp_full_match({name}, '{MOMENT}') then try_cast({name} as timestamp) end"


def part(column: str, name: str) -> str:
    """The name of what is known of a column's value: its `moment`, for example."""
    return quoted(f"{column}: {name}")


def prepare_addresses(connection: duckdb.DuckDBPyConnection) -> None:
    """Note which addresses and domains belong to accounts of the demo company."""
    connection.execute(
        """
        create table account_addresses as
        select lower(trim(email)) as address from demo.contacts where email like '%@%'
        union
        select lower(trim(domain)) from demo.companies where domain is not null
        union
        select split_part(lower(trim(email)), '@', 2)
        from demo.contacts
        where
            email like '%@%'
            and split_part(lower(trim(email)), '@', 2)
            not in (select domain from demo.free_email_domains)
        """
    )


def prepare(
    connection: duckdb.DuckDBPyConnection, contract: Contract, table: str, source: str, target: str
) -> None:
    """Make `target` from `source`: its rows by load, and the parts of their values.

    Needs prepare_addresses. Rows are numbered by `place`, from 0.
    """
    columns = columns_of(connection, source)
    event = contract.event(table)
    order = [name for name in ("loaded_at", event) if name in columns]
    known = [f"row_number() over (order by {', '.join([*order, 'row_number'])}) - 1 as place"]
    for column in columns:
        if contract.is_moment(table, column):
            known.append(f"{moment_of(column)} as {part(column, 'moment')}")
        if column in ADDRESSES:
            known.extend(_address_parts(column))
    if "loaded_at" in columns and event in columns:
        known.extend(_load_parts(event))
    connection.execute(
        f"create or replace table {target} as select * exclude (row_number), {', '.join(known)}"
        f" from {source} order by place"
    )


def _load_parts(event: str) -> list[str]:
    """Seconds from the event to its load, null if the load came first; and the night after it."""
    loaded, moment = moment_of("loaded_at"), moment_of(event)
    return [
        f"case when {loaded} >= {moment} then date_diff('second', {moment}, {loaded}) end"
        f" as {part('loaded_at', 'wait')}",
        f"cast({loaded} + interval 1 day as varchar) as {part('loaded_at', 'next')}",
    ]


def _address_parts(column: str) -> list[str]:
    """What stands before and after the place where a copy's number goes; whose address it is.

    The number makes another domain, but for free mail, where it makes another person.
    """
    address = f"lower(trim({column}))"
    domain = f"split_part({address}, '@', 2)" if column == "email" else address
    is_free = f"{domain} in (select domain from demo.free_email_domains)"
    before = "^([^@]*@[^.@]+)" if column == "email" else "^([^.]+)"
    place = f"case when {is_free} then '^([^@]*)(@.*)$' else '{before}([.][^@]*)$' end"
    return [
        f"nullif(regexp_extract({column}, {place}, 1), '') as {part(column, 'head')}",
        f"regexp_extract({column}, {place}, 2) as {part(column, 'tail')}",
        f"{address} in (select address from account_addresses)"
        f" or {domain} in (select address from account_addresses)"
        f" as {part(column, 'of_account')}",
    ]
