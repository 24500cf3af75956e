"""One sound row for each raw table that changes no number, as a model for rows that are kept apart.

They belong to nobody: they stand for a company, an order or a lead that the demo company never had.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from .model import Row, World

_DAY = date(2024, 5, 7)
_LOADED = datetime(2024, 5, 8, 2)

# The column that takes a new id, and the values of the others.
_PLAIN: dict[str, tuple[str, Row]] = {
    "ad_spend": (
        "ad_account_id",
        {"spend_date": _DAY, "platform": "bing", "spend": "1.00", "currency_code": "EUR"},
    ),
    "annotations": (
        "annotation_id",
        {"started_on": _DAY, "annotation_type": "site", "title": "Release"},
    ),
    "campaigns": ("campaign", {}),
    "companies": ("company_id", {}),
    "contacts": ("contact_id", {}),
    "cost_ledger": (
        "cost_id",
        {
            "incurred_on": _DAY,
            "amount": "1.00",
            "currency_code": "EUR",
            "cost_scope": "overhead",
        },
    ),
    "email_subscriptions": (
        "subscription_event_id",
        {"email": "x@nobody.example", "event_type": "confirm", "event_at": _DAY},
    ),
    "fx_rates": ("rate_date", {"from_currency": "CHF", "to_currency": "EUR", "rate": "1.05"}),
    "lead_criteria": ("lead_id", {"criterion": "need", "observed_at": _DAY, "is_met": True}),
    "lead_scores": ("lead_id", {"scored_at": _DAY, "score": 50, "score_version": "v0"}),
    "lead_stage_history": ("lead_id", {"stage": "mql", "entered_at": _DAY}),
    "leads": (
        "lead_id",
        {
            "created_at": _DAY,
            "lead_source": "website",
            "marketing_channel": "Direct",
            "country_code": "DE",
        },
    ),
    "opportunities": (
        "opportunity_id",
        {
            "created_at": _DAY,
            "opportunity_status": "open",
            "amount": "1",
            "currency_code": "EUR",
        },
    ),
    "opportunity_splits": ("sales_rep_id", {"share": "0"}),
    "opportunity_stage_history": ("opportunity_id", {"stage": "discovery", "entered_at": _DAY}),
    "order_lines": ("order_line_id", {"quantity": "1", "unit_price": "1.00"}),
    "orders": (
        "order_id",
        {
            "placed_at": _DAY,
            "currency_code": "EUR",
            "order_type": "sale",
            "order_status": "placed",
            "total_amount": "1.00",
        },
    ),
    "payments": ("payment_id", {"paid_at": _DAY, "amount": "1.00", "currency_code": "EUR"}),
    "product_costs": (
        "product_id",
        {"valid_from": date(2023, 1, 1), "unit_cost": "1.00", "currency_code": "EUR"},
    ),
    "products": ("product_id", {}),
    "quotes": ("quote_id", {"requested_at": _DAY, "amount": "1.00", "currency_code": "EUR"}),
    "refund_lines": ("refund_line_id", {"amount_excl_tax": "1.00"}),
    "refunds": ("refund_id", {"refunded_at": _DAY, "amount_excl_tax": "1.00"}),
    "sales_reps": ("sales_rep_id", {}),
    "subscription_changes": (
        "change_id",
        {"subscription_id": "S0", "effective_date": _DAY, "change_type": "change", "quantity": 1},
    ),
    "subscriptions": (
        "subscription_id",
        {
            "company_id": "c000",
            "start_date": _DAY,
            "unit_price": "9.00",
            "currency_code": "EUR",
            "billing_interval": "month",
        },
    ),
    "survey_responses": ("response_id", {"survey_id": "nps", "invited_at": _DAY}),
    "surveys": ("survey_id", {"survey_type": "relationship", "scale_min": 0, "scale_max": 10}),
    "targets": (
        "variant",
        {"kpi": "draft", "period_grain": "month", "period_start": _DAY, "target_value": "1"},
    ),
    "touches": ("touch_id", {"touched_at": _DAY, "company_id": "c000"}),
    "usage_charges": (
        "usage_charge_id",
        {"subscription_id": "S0", "usage_date": _DAY, "amount": "1.00", "currency_code": "EUR"},
    ),
    "web_events": ("event_id", {"event_at": _DAY, "event_name": "page_view"}),
    "web_sessions": ("session_id", {"started_at": _DAY}),
}
# Rows that belong to another one: the column, and the table whose deleted row they belong to.
_PARENTS = {
    "order_lines": ("order_id", "orders"),
    "refunds": ("order_id", "orders"),
    "refund_lines": ("refund_id", "refunds"),
    "opportunity_splits": ("opportunity_id", "opportunities"),
}


class PlainRows:
    """Makes plain rows; those that need a parent share one deleted row of its table."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.parents: dict[str, object] = {}

    def make(self, table: str, **values: object) -> Row:
        """Return a new plain row under a key of its own, changed by some values."""
        key, plain = _PLAIN[table]
        row: Row = {key: self._free_key(table), **plain}
        if self.delivers(table, "loaded_at"):
            row["loaded_at"] = _LOADED
        if table in _PARENTS:
            column, parent = _PARENTS[table]
            row[column] = self._parent(parent)
        return {**row, **values}

    def delivers(self, table: str, column: str) -> bool:
        """Whether any row of the table fills the column."""
        return any(row.get(column) not in (None, "") for row in self.world.tables[table])

    def delete(self, table: str, count: int, description: str) -> None:
        """Add rows that their source deleted."""
        for _ in range(count):
            self.world.add(table, **self.make(table, is_deleted=True, loaded_at=None))
        self.world.plant("excluded", table, "deleted_in_source", count, description)

    def _parent(self, table: str) -> object:
        """Return the id of the deleted row of a table that its children share."""
        if table not in self.parents:
            row = self.make(table, is_deleted=True)
            self.world.add(table, **row)
            self.world.plant(
                "excluded", table, "deleted_in_source", 1, "what rows kept apart belong to"
            )
            self.parents[table] = row[_PLAIN[table][0]]
        return self.parents[table]

    def _free_key(self, table: str) -> object:
        """Return a value that no other row of the table has in its key."""
        key = self.world.next_id("x")
        if table == "fx_rates":
            return date(2010, 1, 1) + timedelta(days=int(key[1:]))
        return key
