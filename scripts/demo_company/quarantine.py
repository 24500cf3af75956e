"""A row for every rule of rejection that caught none so far, and deleted rows that make room.

No row is drawn at random, and none changes a number: the sound ones are deleted in their source,
the others would be nobody's if somebody mended them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from commerce_kpis.generate_macros import landing_contract

from .model import Row, World
from .plain_rows import PlainRows
from .rule_rows import (
    CROSSING_RULES,
    NOT_DELIVERED,
    OTHER_CONTENT,
    TABLE_RULES,
    UNREADABLE,
)

_NEWEST = datetime(2026, 7, 1, 9, 30)


class Quarantine:
    """Adds rows that are kept apart, and writes down why."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.plain = PlainRows(world)
        self.contract = landing_contract()

    def reject(self, table: str, reason: str, values: Row) -> Row:
        """Add a plain row that some values make unsound; return it."""
        row = self.world.add(table, **self.plain.make(table, **values))
        self.world.plant("rejected", table, reason, 1, "a plain row but for that")
        return row

    def is_planted(self, what: str, table: str, reason: str) -> bool:
        """Whether some row has that fate already."""
        return any(
            (one.what, one.table_name, one.reason) == (what, table, reason)
            for one in self.world.planted
        )

    def spare_rows(self, table: str) -> int:
        """Return how many rows a table has beyond the hundred that each rejected one needs."""
        counts: Counter[str] = Counter()
        for one in self.world.planted:
            if one.table_name == table:
                counts[one.what] += one.rows
        rows = len(self.world.tables[table]) - counts["superseded"]
        return rows - 100 * counts["rejected"]


def add_quarantine(world: World, has_every_rule: bool = False) -> None:
    """Add a row for each rule, below one percent of its table.

    Common rules, of types, needs and plausible values, catch a row of a table that has room for it.
    With `has_every_rule` they catch one in every column of every table, whatever share that is.
    """
    quarantine = Quarantine(world)
    for table, reason, values in TABLE_RULES:
        is_delivered = not NOT_DELIVERED & {(table, name) for name in values}
        is_new = not quarantine.is_planted("rejected", table, reason)
        if is_new and (is_delivered or has_every_rule):
            quarantine.reject(table, reason, values)
    for table, reason, values in CROSSING_RULES:
        quarantine.reject(table, reason, values)
    _dependents(quarantine)
    _links(quarantine)
    for table in quarantine.contract:
        _versions(quarantine, table)
    for table in quarantine.contract:
        if has_every_rule:
            _every_common_rule(quarantine, table)
        else:
            _make_room(quarantine, table)
            _common_rules(quarantine, table)


def _dependents(quarantine: Quarantine) -> None:
    """Add what goes with a rejected row: refund of an order, lines of a refund, split of a deal."""
    tables = quarantine.world.tables
    order = next(row for row in tables["orders"] if row["order_status"] == "lost")
    deal = next(row for row in tables["opportunities"] if row["opportunity_status"] == "frozen")
    orphan = next(row for row in tables["refunds"] if row["order_id"] == "o90004")
    negative = next(row for row in tables["refunds"] if row.get("amount_excl_tax") == "-1.00")
    refund = quarantine.reject("refunds", "order_rejected", {"order_id": order["order_id"]})
    for reason, one in (
        ("orphan_refund", orphan),
        ("order_rejected", refund),
        ("refund_rejected", negative),
    ):
        quarantine.reject("refund_lines", reason, {"refund_id": one["refund_id"]})
    quarantine.reject(
        "opportunity_splits",
        "opportunity_rejected",
        {"opportunity_id": deal["opportunity_id"], "share": "1"},
    )


def _links(quarantine: Quarantine) -> None:
    """Add links that lead nowhere, or back to where they began."""
    world, plain = quarantine.world, quarantine.plain
    for table, links, column, orphan_reason, values in (
        ("companies", "account_parents", "parent_company_id", "orphan_parent", {}),
        ("companies", "company_links", "merged_into_company_id", "orphan_merge", {}),
        ("contacts", "contact_links", "merged_into_contact_id", "orphan_merge", {}),
        ("leads", "lead_links", "merged_into_lead_id", "orphan_merge", {"is_deleted": True}),
    ):
        world.add(table, **plain.make(table, **{column: "x0"}, **values))
        world.plant("rejected", links, orphan_reason, 1, "a link to nobody")
        if table != "companies":
            key = f"{table[:-1]}_id"
            one, other = plain.make(table, **values), plain.make(table, **values)
            world.add(table, **one, **{column: other[key]})
            world.add(table, **other, **{column: one[key]})
            world.plant("rejected", links, "merge_cycle", 2, "two that are merged into each other")


def _versions(quarantine: Quarantine, table: str) -> None:
    """Add deleted rows that come twice: equal, as an older version, and as a tie that differs."""
    world, plain = quarantine.world, quarantine.plain
    version = "loaded_at" if plain.delivers(table, "loaded_at") else "source_updated_at"
    for reason, other in (
        ("exact_duplicate", {}),
        ("superseded_version", {**OTHER_CONTENT[table], version: _NEWEST - timedelta(days=1)}),
        ("conflicting_version", OTHER_CONTENT[table]),
    ):
        if not quarantine.is_planted("superseded", table, reason):
            row = plain.make(table, is_deleted=True, **{version: _NEWEST})
            world.add(table, **row)
            world.add(table, **{**row, **other})
            world.plant("superseded", table, reason, 1, "of a deleted row")
            world.plant("excluded", table, "deleted_in_source", 1, "delivered in two versions")


def _make_room(quarantine: Quarantine, table: str) -> None:
    """Add deleted rows to a table that is too small for what it has to reject."""
    missing = -quarantine.spare_rows(table)
    if missing > 0:
        quarantine.plain.delete(table, missing, "so that rejected rows stay below 1 %")


def _common_rules(quarantine: Quarantine, table: str) -> None:
    """Let each common rule catch a row of the table, as long as there is room.

    A column of the table's own that nobody delivers stays so: KPIs that need it show that.
    """
    for breaches in _breaches(quarantine.contract[table]).values():
        if quarantine.spare_rows(table) < 100:
            return
        reasons = [reason for reason, _ in breaches]
        if any(quarantine.is_planted("rejected", table, reason) for reason in reasons):
            continue
        for reason, values in breaches:
            if all(
                name in quarantine.contract[table]["common"]
                or quarantine.plain.delivers(table, name)
                for name in values
            ):
                quarantine.reject(table, reason, values)
                break


def _every_common_rule(quarantine: Quarantine, table: str) -> None:
    """Let each common rule catch a row in each column."""
    for breaches in _breaches(quarantine.contract[table]).values():
        for reason, values in breaches:
            if not quarantine.is_planted("rejected", table, reason):
                quarantine.reject(table, reason, values)


def _breaches(contract: dict) -> dict[str, list[tuple[str, Row]]]:
    """Return the common rules of a table, each with its reasons and the values that break it."""
    own = contract["columns"]
    found: dict[str, list[tuple[str, Row]]] = {
        "unparsable": [
            (f"unparsable_{name}", {name: UNREADABLE[column["type"]]})
            for name, column in {**own, **contract["common"]}.items()
            if column["type"] != "text"
        ],
        "missing": [
            (f"missing_{name}", {name: None})
            for name, column in own.items()
            if column["need"] in ("key", "required") and "default" not in column
        ],
        "unknown": [
            (f"unknown_{name}", {name: "else"})
            for name, column in own.items()
            if "accepted" in column
        ],
        "invalid": [
            (f"invalid_{name}", {name: "Euro"})
            for name, column in own.items()
            if "pattern" in column
        ],
        "implausible": [
            *(
                (f"implausible_{name}", {name: "1000000000000"})
                for name, column in own.items()
                if column["type"] in ("decimal", "integer")
            ),
            *(
                (f"implausible_{name}", {name: date(1899, 12, 30)})
                for name in contract["also_dated_by"]
            ),
        ],
        "loaded": [("implausible_loaded_at", {"loaded_at": datetime(1970, 1, 1)})],
        "source": [("invalid_source_name", {"source_name": "guest"})],
    }
    return {**found, **dict(_event_breaches(contract))}


def _event_breaches(contract: dict) -> Iterator[tuple[str, list[tuple[str, Row]]]]:
    """Yield the rules about the moment of the table's event."""
    event = contract["event"]
    if event:
        yield "date", [("implausible_date", {event: date(1899, 12, 30)})]
        if contract["columns"][event]["type"] == "timestamp":
            ahead = {event: datetime(2026, 7, 8, 9), "loaded_at": datetime(2026, 7, 1, 2)}
            yield "future", [("future_event", ahead)]
