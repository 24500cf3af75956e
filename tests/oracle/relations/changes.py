"""Changes of the raw rows of a business. Each leaves the business that it is given as it was."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

import yaml

from oracle.calculation.business import Business, Row
from oracle.shapes import PROJECT

MARK = "~"  # sorts after every character of an id, so that marked ids keep their order
HALVES = {"2": "1", "10": "5"}
CAMPAIGNS = ("campaign", "utm_campaign")
NEVER_SPREAD = ("line_discount_amount", "tax_amount", "cancelled_at", "cancelled_quantity")


def shuffled(business: Business, dice: random.Random) -> Business:
    """The same rows in another order."""
    return _each_table(business, lambda _, rows: dice.sample(rows, len(rows)))


def doubled(business: Business, dice: random.Random) -> Business:
    """Every row delivered twice."""
    return _each_table(business, lambda _, rows: dice.sample(rows + rows, 2 * len(rows)))


def renamed(business: Business, dice: random.Random) -> Business:
    """Every id carries a mark."""
    del dice
    return _each_row(business, _marked)


def shifted(offset: timedelta) -> Callable[[Business, random.Random], Business]:
    """Every moment is earlier by an offset; dates stay."""

    def change(business: Business, dice: random.Random) -> Business:
        del dice
        return _each_row(business, lambda table, row: _moved(table, row, -offset))

    return change


def with_noise(business: Business, dice: random.Random) -> Business:
    """Copies of some orders as test orders, and of some hits and visits as those of bots."""
    tables = dict(business.tables)
    copied = dice.sample(tables["orders"], len(tables["orders"]) // 2)
    keys = {(row["source_name"], row["order_id"]) for row in copied}
    lines = [row for row in tables["order_lines"] if (row["source_name"], row["order_id"]) in keys]
    tables["orders"] = tables["orders"] + [_noise(row) | {"is_test": "true"} for row in copied]
    tables["order_lines"] = tables["order_lines"] + [_noise(row) for row in lines]
    for table, key in (("web_events", "event_id"), ("web_sessions", "session_id")):
        if table in tables:
            seen = dice.sample(tables[table], len(tables[table]) // 2)
            bots = [row | {key: f"{MARK}{row[key]}", "is_bot": "true"} for row in seen if row[key]]
            tables[table] = tables[table] + bots
    return replace(business, tables=tables)


def with_split_lines(business: Business, dice: random.Random) -> Business:
    """Lines become two of half the quantity, where nothing is spread over an order's lines."""
    del dice
    spread = {
        (row["source_name"], row["order_id"])
        for table, amounts in (("orders", ("order_discount_amount", "tax_amount")), ("refunds", ()))
        for row in business.tables.get(table, [])
        if not amounts or any(row[name] is not None for name in amounts)
    }

    def halves(table: str, rows: list[Row]) -> list[Row]:
        if table != "order_lines":
            return rows
        found = []
        for row in rows:
            is_whole = (row["source_name"], row["order_id"]) in spread
            is_whole |= any(row[name] is not None for name in NEVER_SPREAD)
            if is_whole or row["quantity"] not in HALVES or row["order_line_id"] is None:
                found.append(row)
            else:
                half = row | {"quantity": HALVES[row["quantity"]]}
                found += [half, half | {"order_line_id": row["order_line_id"] + MARK}]
        return found

    return _each_table(business, halves)


def with_refunded_order(business: Business, dice: random.Random) -> Business:
    """One more order, given back whole at the moment at which it was placed."""
    tables = dict(business.tables)
    placed = [row for row in tables["orders"] if _moment(row["placed_at"])]
    if not placed:
        return business
    like = dice.choice(placed)
    common = {name: like[name] for name in ("source_name", "loaded_at")}
    common["order_id"] = MARK
    order = dict.fromkeys(business.columns["orders"]) | common
    order |= {"placed_at": like["placed_at"], "currency_code": "EUR", "company_id": "c0"}
    line = dict.fromkeys(business.columns["order_lines"]) | common
    line |= {"order_line_id": MARK, "quantity": "3", "unit_price": "33.3333", "product_id": "b"}
    refund = dict.fromkeys(business.columns["refunds"]) | common
    refund |= {"refund_id": MARK, "refunded_at": like["placed_at"], "amount_excl_tax": "99.9999"}
    for table, row in (("orders", order), ("order_lines", line), ("refunds", refund)):
        tables[table] = [*tables[table], row]
    return replace(business, tables=tables)


def as_loaded_until(as_of: datetime) -> Callable[[Business, random.Random], Business]:
    """Without the rows that were loaded after a moment."""

    def change(business: Business, dice: random.Random) -> Business:
        del dice
        return _each_table(
            business,
            lambda _, rows: [row for row in rows if (_moment(row["loaded_at"]) or as_of) <= as_of],
        )

    return change


def united(one: Business, other: Business) -> Business:
    """Two businesses in one: ids, campaigns, domains and addresses of the other carry a mark."""
    apart = apart_from(one, other)
    return replace(
        one,
        tables={
            table: rows if table == "fx_rates" else rows + apart.tables[table]
            for table, rows in one.tables.items()
        },
    )


def apart_from(one: Business, other: Business) -> Business:
    """The other business under ids of its own, with the exchange rates of the first."""
    marked = _each_row(other, _marked_with_addresses)
    return replace(marked, tables={**marked.tables, "fx_rates": one.tables.get("fx_rates", [])})


def _each_table(business: Business, change: Callable[[str, list[Row]], list[Row]]) -> Business:
    changed = {table: change(table, rows) for table, rows in business.tables.items()}
    return replace(business, tables=changed)


def _each_row(business: Business, change: Callable[[str, Row], Row]) -> Business:
    return _each_table(business, lambda table, rows: [change(table, row) for row in rows])


def _marked(_: str, row: Row) -> Row:
    return {
        name: f"{MARK}{value}" if name.endswith("_id") and value else value
        for name, value in row.items()
    }


def _marked_with_addresses(table: str, row: Row) -> Row:
    changed = _marked(table, row)
    changed |= {name: f"{MARK}{row[name]}" for name in CAMPAIGNS if row.get(name)}
    if table == "ad_spend":  # A row without an account of its own would replace the other's.
        changed["ad_account_id"] = f"{MARK}{row['ad_account_id'] or ''}"
    if row.get("domain"):
        changed["domain"] = f"other.{row['domain']}"
    if row.get("email") and not row["email"].endswith("gmail.com"):
        changed["email"] = row["email"].replace("@", "@other.")
    return changed


def _noise(row: Row) -> Row:
    ids = [name for name in ("order_id", "order_line_id") if row.get(name)]
    return row | {name: f"{MARK}{row[name]}" for name in ids}


def _moved(table: str, row: Row, by: timedelta) -> Row:
    moments = {name: _moment(row[name]) for name in row.keys() & _moment_columns(table)}
    return row | {name: (at + by).isoformat(sep=" ") for name, at in moments.items() if at}


def _moment(value: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(value) if value else None
    except ValueError:
        return None


@cache
def _moment_columns(table: str) -> frozenset[str]:
    """The columns of a raw table that hold moments."""
    path = PROJECT / "models" / "landing" / f"landing__{table}.yml"
    columns = yaml.safe_load(path.read_text(encoding="utf-8"))["models"][0]["columns"]
    names = {
        column["name"] for column in columns if column["config"]["meta"]["type"] == "timestamp"
    }
    return frozenset(names | {"source_updated_at", "loaded_at"})
