"""How a copy differs from the demo company: SQL for each column, and the numbers of copies."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
from commerce_kpis.sql import quoted, text

from .prepare import ADDRESSES, part
from .roles import ACCOUNT, Contract
from .size import Size

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


def make_all_copies(
    connection: duckdb.DuckDBPyConnection, size: Size, seed: int
) -> dict[str, Copies]:
    """Number the copies of every kind: `activity`, `accounts` and `browsing`."""
    return {
        "activity": make_copies(connection, "activity", size.activity, size.accounts, seed=seed),
        "accounts": make_copies(
            connection, "accounts", size.accounts, size.accounts, is_shifted=False
        ),
        "browsing": make_copies(
            connection, "browsing", size.browsing, mark="w", first=1, seed=seed
        ),
    }


def copied_rows(
    contract: Contract,
    table: str,
    names: list[str],
    prepared: str,
    copies: Copies,
    *,
    where: str = "true",
    late: str = "null",
) -> str:
    """A query of a table's rows in all copies, row by row, so that they stay in order of time.

    `prepared` is a table that prepare() made, `names` its columns to return. `where` and `late`
    are SQL on its columns and `position`, the number of the copy: which rows a copy gets, and how
    many seconds earlier they happened there.
    """
    values = [_value(contract, table, name, names) for name in names]
    return f"""
        select {", ".join(values)}
        from (
            select
                rows_of_copies.*,
                copies.suffix,
                copies.account_suffix,
                copies.shift - rows_of_copies.lateness as shift
            from (
                select *, coalesce({late}, 0) as lateness
                from (select *, unnest(range({copies.count})) as position from {prepared})
                where {where}
            ) as rows_of_copies
            inner join {copies.relation} as copies on rows_of_copies.position = copies.position
        )
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
    """The suffix of an address: every copy has strangers of its own, accounts keep their people."""
    return f"case when {part(column, 'of_account')} then account_suffix else suffix end"
