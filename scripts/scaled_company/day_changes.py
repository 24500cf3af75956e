"""What a further day changes in rows that were delivered before, as rows of the demo company.

Each query yields a table's columns and the copies that get the row: those whose number, divided by
`copies_apart`, leaves `first_copy`.
"""

from __future__ import annotations

from collections.abc import Callable

import duckdb
from commerce_kpis.sql import text

from .births import DATE
from .day_clock import Day
from .known_rows import known_rows
from .roles import Contract
from .size import Size

Change = Callable[[duckdb.DuckDBPyConnection, Contract, Day, Size], list[str]]

# A quarter of the orders may be cancelled, in one copy of 12; the others may come back, in one of
# 10. So about 2 % and 8 % of all orders are, and none is both.
CANCELLED_COPIES, REFUNDED_COPIES, MERGED_COPIES = 12, 10, 4
MAY_BE_CANCELLED = "hash('fate ' || order_id) % 4 = 0"
CANCELLED_ON = "cast(1 + hash('cancelled ' || order_id) % 5 as integer)"
REFUNDED_ON = "cast(5 + hash('refunded ' || order_id) % 86 as integer)"
PAID_ON = "cast(20 + hash('paid ' || order_id) % 20 as integer)"
CORRECTED_DAYS = 7


def prepare_changes(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `ordinary_orders`, `ordinary_lines` and `mergeable_companies` from the demo."""
    connection.execute(
        """
        create table ordinary_orders as
        select *
        from demo.orders
        where
            order_id like 'o%'
            and order_type = 'sale'
            and order_status = 'placed'
            and currency_code = 'EUR'
            and try_cast(placed_at as timestamp) is not null
            and regexp_full_match(total_amount, '[0-9]+[.][0-9]{2}')
            and coalesce(is_test, prices_include_tax, source_name, is_deleted) is null
            and order_id not in (select order_id from demo.refunds)
            and company_id not in (
                select company_id from demo.companies where is_internal is not null
            )
        qualify count(*) over (partition by order_id) = 1;

        create table ordinary_lines as
        select *
        from demo.order_lines
        where
            order_id in (select order_id from ordinary_orders)
            and regexp_full_match(quantity, '[1-9][0-9]*')
            and regexp_full_match(unit_price, '[0-9]+[.][0-9]{2}')
            and coalesce(
                line_discount_amount, added_at, cancelled_at, source_name, is_deleted
            ) is null
        qualify
            row_number() over (partition by order_id order by row_number) = 1
            and count(*) over (partition by order_line_id) = 1;

        create table mergeable_companies as
        select *, row_number() over (order by hash(company_id), company_id) - 1 as turn
        from demo.companies
        where
            company_id like 'c%'
            and coalesce(
                valid_to, parent_company_id, merged_into_company_id, is_internal, source_name,
                is_deleted
            ) is null
            and company_id not in (
                select coalesce(parent_company_id, merged_into_company_id)
                from demo.companies
                where coalesce(parent_company_id, merged_into_company_id) is not null
            )
        qualify count(*) over (partition by company_id) = 1
        """
    )


def cancelled_orders(
    connection: duckdb.DuckDBPyConnection, contract: Contract, day: Day, size: Size
) -> list[str]:
    """Orders of the last days that are cancelled today, sent again."""
    chosen = _copies(min(CANCELLED_COPIES, size.activity), "order_id")
    return [
        f"""
        select
            * exclude (born, row_number, is_news) replace (
                'cancelled' as order_status,
                '{day.date} 10:15:00' as cancelled_at
            ),
            {chosen}
        from ({known_rows(connection, contract, "orders", day, round_, "ordinary_orders")})
        where
            {MAY_BE_CANCELLED}
            and born + {round_.days} + {CANCELLED_ON} = date '{day.date}'
        """
        for round_ in day.rounds
    ]


def refunds(
    connection: duckdb.DuckDBPyConnection, contract: Contract, day: Day, size: Size
) -> list[str]:
    """One unit of an order of the last 90 days comes back."""
    return [
        f"""
        select
            'R' || order_id as refund_id,
            order_id,
            '{day.date} 11:30:00' as refunded_at,
            'return' as refund_kind,
            'defective' as reason,
            * exclude (order_id, order_line_id, unit_price)
        from ({query})
        """
        for query in _refunded(connection, contract, day, size)
    ]


def refund_lines(
    connection: duckdb.DuckDBPyConnection, contract: Contract, day: Day, size: Size
) -> list[str]:
    """The lines of refunds(): one each."""
    return [
        f"""
        select
            'RL' || order_id as refund_line_id,
            'R' || order_id as refund_id,
            unit_price as amount_excl_tax,
            order_line_id,
            '1' as quantity,
            * exclude (order_id, order_line_id, unit_price)
        from ({query})
        """
        for query in _refunded(connection, contract, day, size)
    ]


def late_payments(
    connection: duckdb.DuckDBPyConnection, contract: Contract, day: Day, size: Size
) -> list[str]:
    """Payments of the history's last orders, which were not paid yet."""
    return [
        f"""
        select
            'y' || order_id as payment_id,
            '{day.date} 09:00:00' as paid_at,
            total_amount as amount,
            currency_code,
            order_id,
            'transfer' as payment_method,
            1 as copies_apart,
            0 as first_copy
        from ordinary_orders
        where
            cast(placed_at as date) + {PAID_ON} = date '{day.date}'
            and order_id not in (
                select order_id from demo.payments where order_id is not null
            )
        """
    ]


def merged_companies(
    connection: duckdb.DuckDBPyConnection, contract: Contract, day: Day, size: Size
) -> list[str]:
    """A company goes up in another: its version ends, and the next says into which."""
    ((pairs,),) = connection.execute("select count(*) // 2 from mergeable_companies").fetchall()
    copies_apart = min(MERGED_COPIES, size.accounts)
    rounds, pair = divmod(day.number - 1, pairs)
    moment = f"{day.date} 09:00:00"
    chosen = f"{copies_apart} as copies_apart, {rounds % copies_apart} as first_copy"
    lost = f"from mergeable_companies where turn = {2 * pair}"
    return [
        f"""
        select * exclude (row_number, turn) replace ({text(moment)} as valid_to), {chosen}
        {lost}
        """,
        f"""
        select
            * exclude (row_number, turn) replace (
                {text(moment)} as valid_from,
                (select company_id from mergeable_companies where turn = {2 * pair + 1})
                    as merged_into_company_id
            ),
            {chosen}
        {lost}
        """,
    ]


def corrected_spend(
    connection: duckdb.DuckDBPyConnection, contract: Contract, day: Day, size: Size
) -> list[str]:
    """Ad spend of the last days, sent again: it grows by 1 % a day until it is final."""
    age = f"(date '{day.date}' - cast(spend_date as date))"
    return [
        f"""
        select
            * exclude (born, row_number, is_news) replace (
                cast(
                    cast(cast(spend as decimal(18, 2)) * (100 + {age}) * 0.01 as decimal(18, 2))
                    as varchar
                ) as spend
            ),
            1 as copies_apart,
            0 as first_copy
        from ({known_rows(connection, contract, "ad_spend", day, round_, "demo.ad_spend")})
        where
            is_deleted is null
            and regexp_full_match(spend, '[0-9]+[.][0-9]{{2}}')
            and regexp_full_match(spend_date, '{DATE}')
            and {age} between 1 and {CORRECTED_DAYS}
        """
        for round_ in day.rounds
    ]


CHANGES: dict[str, Change] = {
    "ad_spend": corrected_spend,
    "companies": merged_companies,
    "orders": cancelled_orders,
    "payments": late_payments,
    "refund_lines": refund_lines,
    "refunds": refunds,
}


def _refunded(
    connection: duckdb.DuckDBPyConnection, contract: Contract, day: Day, size: Size
) -> list[str]:
    """Orders of which a unit comes back today, with the line."""
    chosen = _copies(min(REFUNDED_COPIES, size.activity), "order_id")
    queries = []
    for round_ in day.rounds:
        orders = known_rows(connection, contract, "orders", day, round_, "ordinary_orders")
        lines = known_rows(connection, contract, "order_lines", day, round_, "ordinary_lines")
        queries.append(
            f"""
            select order_id, order_line_id, unit_price, {chosen}
            from ({orders}) as orders
            inner join ({lines}) as order_lines using (order_id)
            where
                not {MAY_BE_CANCELLED}
                and orders.born + {round_.days} + {REFUNDED_ON} = date '{day.date}'
            """
        )
    return queries


def _copies(copies_apart: int, column: str) -> str:
    """Columns that choose one copy of so many."""
    return (
        f"{copies_apart} as copies_apart,"
        f" cast(hash('copy ' || {column}) % {copies_apart} as integer) as first_copy"
    )
