"""Whether the project says of damaged rows what the contract says: which are kept, and as what."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

import duckdb

from oracle.calculation.business import Business
from oracle.calculation.contract import TABLES
from oracle.calculation.reading import broken_date, judge, newest, typed_value
from oracle.calculation.rules import LARGEST
from oracle.calculation.values import WHITE_SPACE

# The money of a row: the contract's control sum of each table.
MONEY = {
    "ad_spend": ("spend",),
    "cost_ledger": ("amount",),
    "opportunities": ("amount",),
    "order_lines": ("quantity", "unit_price"),
    "orders": ("total_amount",),
    "payments": ("amount",),
    "product_costs": ("unit_cost",),
    "quotes": ("amount",),
    "refund_lines": ("amount_excl_tax",),
    "refunds": ("amount_excl_tax",),
    "subscription_changes": ("quantity", "unit_price"),
    "subscriptions": ("quantity", "unit_price"),
    "usage_charges": ("amount",),
}
IN_LETTERS = ("currency_code", "from_currency", "to_currency", "country_code", "email", "domain")
LARGEST_RATE = 10**10  # with eight places no larger one is read
Raw = dict[str, str | None]


@dataclass(frozen=True)
class Failure:
    """A row of which the project says something else; `row` is None if it is none in particular."""

    table: str
    row: int | None
    what: str


def failures(business: Business, connection: duckdb.DuckDBPyConnection) -> Iterator[Failure]:
    """Everything in which a build of a business differs from the contract."""
    for table, rows in business.tables.items():
        yield from _Table(business, table, connection).failures()
        yield from _balance(table, rows, connection)
    query = """
        select table_name, reject_reason, count(*) from trust.dq_rejected_rows group by all
        except
        select table_name, reject_reason, sum(rows_caught) from trust.dq_rules group by all
    """
    for table, reason, count in connection.execute(query).fetchall():
        yield Failure(table, None, f"dq_rules does not list {reason} with its {count} rows")


class _Table:
    """The rows of one raw table, and what the project made of them."""

    def __init__(
        self, business: Business, table: str, connection: duckdb.DuckDBPyConnection
    ) -> None:
        self.table, self.contract, self.raw = table, TABLES[table], business.tables[table]
        self.names = [column.name for column in self.contract.columns]
        columns = ", ".join(self.names)
        self.accepted = Counter(
            self._comparable(dict(zip((*self.names, "row_hash"), row, strict=True)))
            for row in connection.execute(
                f"select {columns}, row_hash from staging.stg_contract__{table}"
            ).fetchall()
        )
        self.rejected: dict[tuple, list[str]] = defaultdict(list)
        self.superseded: Counter = Counter()
        query = """
            select row_status, reject_reason, source_name, row_hash, raw_row
            from trust.dq_rejected_rows where table_name = $1 and shelf = 'staging'
        """
        for status, reason, *identity, raw in connection.execute(query, [table]).fetchall():
            if status == "rejected":
                self.rejected[_as_delivered(json.loads(raw))].append(reason)
            else:
                self.superseded[tuple(identity)] += 1
        parameters = business.parameters
        self.plausible = tuple(
            datetime.combine(date.fromisoformat(str(parameters[name])), time())
            for name in ("earliest_plausible_date", "latest_plausible_date")
        )

    def failures(self) -> Iterator[Failure]:
        """Rows of another fate, or with another value."""
        good: dict[int, dict] = {}
        for at, raw in enumerate(self.raw):
            fine, bad = judge(self.contract, self.table, [raw], self.plausible)
            if fine:
                good[at] = fine[0]
                continue
            reasons = self.rejected[_as_delivered(raw)]
            if not reasons:
                yield Failure(self.table, at, f"is to be rejected as {bad[0][1]}: {raw}")
            elif (reason := reasons.pop()) not in self._true_reasons(raw, *bad[0]):
                yield Failure(self.table, at, f"is {bad[0][1]}, not {reason}: {raw}")
        kept = {id(row) for row in newest(self.contract, list(good.values()))}
        for at, row in good.items():
            if id(row) in kept:
                found, key, fate = self.accepted, self._comparable(row), "accepted"
            else:
                found, key = self.superseded, (row["source_name"], row["row_hash"])
                fate = "superseded"
            if not found[key]:
                yield Failure(self.table, at, f"is to be {fate}: {self.raw[at]}")
            found[key] -= 1
        for row in (+self.accepted).elements():
            yield Failure(self.table, None, f"was accepted all the same: {row}")
        for row in (+self.superseded).elements():
            yield Failure(self.table, None, f"was superseded all the same: {row}")
        for row, reasons in self.rejected.items():
            for reason in reasons:
                yield Failure(self.table, None, f"was rejected as {reason}: {dict(row)}")

    def _true_reasons(self, raw: Raw, row: dict, first: str) -> set[str]:
        """The reasons that may stand at a rejected row; a number too large may be unreadable."""
        found = {first, broken_date(self.contract, row, self.plausible)}
        for column in self.contract.columns:
            value, broken = typed_value(column, (raw.get(column.name) or "").strip(WHITE_SPACE))
            if broken:
                found |= {broken, broken.replace("implausible_", "unparsable_")}
            elif column.kind == "rate" and value is not None and abs(value) >= LARGEST_RATE:
                found.add(f"unparsable_{column.name}")
        return found

    def _comparable(self, row: dict) -> tuple:
        """The values of a row, those that are in upper or lower case without it."""
        return tuple(
            row[name].casefold() if name in IN_LETTERS and row[name] is not None else row[name]
            for name in (*self.names, "row_hash")
        )


def _as_delivered(row: Raw) -> tuple:
    return tuple(sorted((name, text or None) for name, text in row.items()))


def _balance(
    table: str, rows: list[Raw], connection: duckdb.DuckDBPyConnection
) -> Iterator[Failure]:
    """Rows and money in and out."""
    query = """
        select
            rows_landed, amount_landed,
            rows_residual, amount_residual, coalesce(fact_rows_residual, 0)
        from trust.dq_conservation where table_name = $1
    """
    landed, amount, *residuals = connection.execute(query, [table]).fetchone()
    if landed != len(rows):
        yield Failure(table, None, f"has {len(rows)} rows, and {landed} landed")
    if any(residuals):
        yield Failure(table, None, f"leaves rows, money, rows of the fact {residuals}")
    expected = sum((_money(table, row) for row in rows), Decimal(0))
    if amount != expected:
        yield Failure(table, None, f"holds {expected}, and {amount} landed")


def _money(table: str, raw: Raw) -> Decimal:
    product = Decimal(1) if table in MONEY else Decimal(0)
    for name in MONEY.get(table, ()):
        column = next(column for column in TABLES[table].columns if column.name == name)
        value, _ = typed_value(column, (raw.get(name) or "").strip(WHITE_SPACE))
        product *= value if value is not None else Decimal(column.default or 0)
    return product if abs(product) < LARGEST else Decimal(0)
