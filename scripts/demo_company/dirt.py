"""Rows that must not get through, or not twice: each kind is added and counted here."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from .clock import DATA_CLOCK
from .dirt_rules import SPOILED
from .model import Row, World
from .writer import as_text

# Surrogate keys: the column and the prefix of its values.
_KEYS = {
    "contacts": ("contact_id", "px"),
    "orders": ("order_id", "o"),
    "order_lines": ("order_line_id", "l"),
    "refunds": ("refund_id", "R"),
    "refund_lines": ("refund_line_id", "RL"),
    "payments": ("payment_id", "y"),
    "web_events": ("event_id", "e"),
    "web_sessions": ("session_id", "sx"),
    "email_subscriptions": ("subscription_event_id", "m"),
    "leads": ("lead_id", "L"),
    "opportunities": ("opportunity_id", "d"),
    "quotes": ("quote_id", "q"),
    "touches": ("touch_id", "t"),
    "cost_ledger": ("cost_id", "k"),
    "subscription_changes": ("change_id", "SC"),
    "usage_charges": ("usage_charge_id", "U"),
    "survey_responses": ("response_id", "a"),
}
_MONEY = {"orders": "total_amount", "refunds": "amount_excl_tax", "payments": "amount"}

# What already makes a row special; dirt is only made of ordinary rows.
_FLAGS = (
    "is_test",
    "cancelled_at",
    "is_spam",
    "is_bot",
    "is_covered_by_ad_spend",
    "added_at",
    "merged_into_lead_id",
    "merged_into_contact_id",
    "is_deleted",
)
_ORDINARY = {"order_type": "sale", "order_status": "placed"}


class Spoiler:
    """Adds dirt to the finished tables; no row is the model of two kinds of dirt."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.draws = world.draws("dirt")
        self.used: list[Row] = []
        self.own_company = next(
            row["company_id"] for row in world.tables["companies"] if row.get("is_internal")
        )

    def model(self, table: str) -> Row:
        """Return an ordinary row of the history's later half that was not used before."""
        rows = self.world.tables[table]
        while True:
            row = self.draws.pick(rows[len(rows) // 2 :])
            if self.is_ordinary(table, row):
                self.used.append(row)
                return row

    def is_ordinary(self, table: str, row: Row) -> bool:
        """Whether nothing about the row is special."""
        return not (
            any(row.get(flag) for flag in _FLAGS)
            or any(row.get(name, value) != value for name, value in _ORDINARY.items())
            or (row.get("source_name") and table != "web_sessions")
            or row.get("currency_code") == "GBP"
            or row.get("company_id") == self.own_company
            or any(row is other for other in self.used)
        )

    def insert(self, table: str, row: Row) -> None:
        """Put a row somewhere into the later half of the table, under the given key."""
        rows = self.world.tables[table]
        rows.insert(self.draws.between(len(rows) // 2, len(rows)), row)
        self.used.append(row)

    def new_key(self, table: str) -> Row:
        """Return a free value of the table's surrogate key; empty if it has none."""
        if table not in _KEYS:
            return {}
        key, prefix = _KEYS[table]
        return {key: self.world.next_id(prefix)}

    def spoil(self, table: str, reason: str, values: Row) -> None:
        """Add a broken copy of an ordinary row under a key of its own."""
        row = {**self.model(table), **self.new_key(table)}
        if table == "orders":
            row |= {"session_id": None, "client_id": None, "contact_id": None}
        row |= values
        self.insert(table, row)
        amount = row.get(_MONEY.get(table, ""))
        cents = int(Decimal(amount) * 100) if isinstance(amount, Decimal) else None
        name, value = next(iter(values.items()))
        text = f"{name} is '{as_text(value)}'" if as_text(value) else f"{name} is empty"
        if reason.startswith("orphan"):
            text = "its order was never delivered"
        self.world.plant("rejected", table, reason, 1, text, cents)


def add_dirt(world: World) -> None:
    """Add spoiled rows, double versions, deleted, late and oddly written rows."""
    spoiler = Spoiler(world)
    for table, reason, values in SPOILED:
        spoiler.spoil(table, reason, values)
    _early_events(spoiler)
    _negative_order(world)
    _delete(spoiler)
    _twice(spoiler)
    _late_and_odd(spoiler)


def _early_events(spoiler: Spoiler) -> None:
    """Put stages and one opportunity before the creation of their lead."""
    world = spoiler.world
    leads = [
        lead
        for lead in world.leads
        if lead.opportunity_at
        and lead.wins is None
        and lead.first_seen_at is None
        and lead.created_at > datetime(2024, 6, 1)
    ]
    *staged, offered = spoiler.draws.sample(leads, 4)
    for number, lead in enumerate(staged):
        spoiler.insert(
            "lead_stage_history",
            {
                "lead_id": lead.lead_id,
                "stage": "sql",
                "changed_by": "r1",
                "entered_at": datetime(2023, 8, 1 + number, 9),
                "loaded_at": datetime(2025, 2, 1, 2),
            },
        )
    model = next(row for row in world.tables["opportunities"] if row["lead_id"] == offered.lead_id)
    spoiler.insert(
        "opportunities",
        {
            **model,
            **spoiler.new_key("opportunities"),
            "opportunity_status": "lost",
            "created_at": datetime(2023, 8, 8, 9),
            "closed_at": datetime(2023, 8, 22, 9),
            "amount": "700.00",
        },
    )
    world.plant(
        "rejected",
        "lead_stage_history",
        "event_before_lead",
        len(staged),
        "stages entered before the lead was created",
    )
    world.plant(
        "rejected", "opportunities", "event_before_lead", 1, "an opportunity older than its lead"
    )


def _negative_order(world: World) -> None:
    """Add a sale below zero: more is taken back than is sold."""
    model = next(
        row
        for row in reversed(world.tables["orders"])
        if row["order_type"] == "sale" and row["country_code"] == "AT"
    )
    order_id = world.next_id("o")
    keep = (
        "placed_at",
        "currency_code",
        "company_id",
        "order_type",
        "order_status",
        "sales_channel",
        "country_code",
        "loaded_at",
    )
    world.add(
        "orders",
        **{name: model[name] for name in keep},
        order_id=order_id,
        tax_amount="0.00",
        total_amount="-200.00",
    )
    for quantity in ("1", "-3"):
        world.add(
            "order_lines",
            order_line_id=world.next_id("l"),
            order_id=order_id,
            quantity=quantity,
            unit_price="100.00",
            product_id="P22",
            loaded_at=model["loaded_at"],
        )
    world.plant(
        "rejected", "orders", "negative_order_total", 1, f"{order_id} is a sale below 0", -20000
    )
    world.plant("rejected", "order_lines", "order_rejected", 2, f"the lines of {order_id}", -20000)


def _delete(spoiler: Spoiler) -> None:
    """Add rows that were deleted in their source."""
    for table, count in (("orders", 4), ("contacts", 2), ("leads", 3), ("survey_responses", 2)):
        for _ in range(count):
            spoiler.insert(
                table, {**spoiler.model(table), **spoiler.new_key(table), "is_deleted": True}
            )
        spoiler.world.plant("excluded", table, "deleted_in_source", count, "soft-deleted rows")


def _twice(spoiler: Spoiler) -> None:
    """Deliver rows twice: equal, as an older version, and as a tie that differs."""
    for table, count in (
        ("orders", 4),
        ("order_lines", 9),
        ("refunds", 2),
        ("payments", 5),
        ("leads", 3),
        ("survey_responses", 3),
        ("touches", 1),
    ):
        for _ in range(count):
            spoiler.insert(table, dict(spoiler.model(table)))
        spoiler.world.plant("superseded", table, "exact_duplicate", count, "delivered twice")
    newest = datetime(2026, 7, 1, 9, 30)
    for table, count, other in (
        ("orders", 5, {"country_code": "XX"}),
        ("contacts", 3, {"job_role": "trainee"}),
        ("leads", 3, {"industry": "unclear"}),
    ):
        for number in range(count + 1):
            row = spoiler.model(table)
            row["source_updated_at"] = newest
            is_tie = number == count
            spoiler.insert(
                table,
                {
                    **row,
                    **other,
                    "source_updated_at": newest if is_tie else newest - timedelta(days=1),
                },
            )
        spoiler.world.plant(
            "superseded", table, "superseded_version", count, "an older version of the row"
        )
        spoiler.world.plant(
            "superseded", table, "conflicting_version", 1, "two versions of one moment that differ"
        )


def _late_and_odd(spoiler: Spoiler) -> None:
    """Load some rows weeks late; write some timestamps with an offset, some text with blanks."""
    world = spoiler.world
    night = DATA_CLOCK - timedelta(days=2)
    for table, moment, count in (
        ("orders", "placed_at", 4),
        ("refunds", "refunded_at", 2),
        ("cost_ledger", "incurred_on", 2),
    ):
        rows = [
            row
            for row in world.tables[table]
            if "2026-05" < as_text(row[moment]) < "2026-06-2" and spoiler.is_ordinary(table, row)
        ]
        for row in spoiler.draws.sample(rows, count):
            row["loaded_at"] = night
            spoiler.used.append(row)
        world.plant("special", table, "late_row", count, "of May or June 2026, loaded on 8 July")
    for _ in range(4):
        row = spoiler.model("leads")
        moment = row["created_at"]
        assert isinstance(moment, datetime)
        row["created_at"] = f"{moment + timedelta(hours=2):%Y-%m-%dT%H:%M:%S}+02:00"
    world.plant("special", "leads", "timestamp_with_offset", 4, "created_at with an offset")
    for _ in range(3):
        row = spoiler.model("contacts")
        row["email"] = f" {row['email']} "
    world.plant("special", "contacts", "blanks_around_text", 3, "an e-mail between blanks")
