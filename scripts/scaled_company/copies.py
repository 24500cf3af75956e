"""How a copy differs from the demo company: SQL for each column, and the numbers of copies."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
from commerce_kpis.sql import quoted, text

from .demo_tables import columns_of
from .prepare import ADDRESSES, part
from .roles import ACCOUNT, Contract

SHIFT_SECONDS = 3600


@dataclass(frozen=True)
class Copies:
    """A table of copies: `position`, `suffix`, `account_suffix` and `shift` in seconds."""

    relation: str
    count: int


def make_copies(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    count: int,
    accounts: int = 1,
    *,
    mark: str = "",
    first: int = 0,
    is_shifted: bool = True,
    seed: int = 0,
) -> Copies:
    """Number the copies of a kind; copy 0 changes nothing.

    `mark` stands before the number in ids. Copy n of what accounts do belongs to copy
    n % accounts of the accounts.
    """
    # A hash of several values combines them by exclusive or; a sum does not.
    shift = f"hash(copy + (hash({text(f'{name} {seed}')}) >> 3)) % {SHIFT_SECONDS}"
    connection.execute(
        f"""
        create table {name} as
        select
            copy - {first} as position,
            case when copy = 0 then '' else '-{mark}' || copy end as suffix,
            case when copy % {accounts} = 0 then '' else '-' || copy % {accounts} end
                as account_suffix,
            cast({f"case when copy = 0 then 0 else {shift} end" if is_shifted else "0"} as integer)
                as shift
        from range({first}, {first + count}) as copies (copy)
        """
    )
    return Copies(name, count)


def copied_rows(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    table: str,
    prepared: str,
    copies: Copies,
    places: tuple[int, int] | None = None,
) -> str:
    """A query of a table's rows in all copies, row by row, so that they stay in order of time.

    `prepared` is a table that prepare() made; `places` takes those rows [first, last) only.
    """
    names = columns_of(connection, f"demo.{table}")
    values = [_value(contract, table, name, names) for name in names]
    where = f"where place >= {places[0]} and place < {places[1]}" if places else ""
    return f"""
        select {", ".join(values)}
        from (
            select *, unnest(range({copies.count})) as position
            from {prepared} {where}
        ) as rows_of_copies
        inner join {copies.relation} as copies on rows_of_copies.position = copies.position
    """


def _value(contract: Contract, table: str, column: str, columns: list[str]) -> str:
    """A column of a copied row, under its name."""
    name = quoted(column)
    if contract.is_id(table, column):
        value = f"{name} || {_suffix(contract, table, column)}"
    elif column in ADDRESSES:
        value = (
            f"coalesce({part(column, 'head')} || {_address_suffix(table, column)}"
            f" || {part(column, 'tail')}, {name})"
        )
    elif contract.is_moment(table, column) and table not in ACCOUNT:
        value = f"coalesce(cast({part(column, 'moment')} + to_seconds(shift) as varchar), {name})"
    elif column == "loaded_at" and table not in ACCOUNT and contract.event(table) in columns:
        value = (
            f"case when {part(column, 'wait')} < shift then {part(column, 'next')} else {name} end"
        )
    else:
        value = name
    return f"{value} as {name}"


def _suffix(contract: Contract, table: str, column: str) -> str:
    """The suffix of a column's ids."""
    return "account_suffix" if contract.is_account_id(column) else "suffix"


def _address_suffix(table: str, column: str) -> str:
    """The suffix of an address: strangers are new ones in every copy, people of accounts are not."""
    return f"case when {part(column, 'of_account')} then account_suffix else suffix end"
