"""What the landing contract says of a table's columns: which are ids, moments or money."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from commerce_kpis.generate_macros import landing_contract

# What a business of any size has once. All other tables grow: some with the number of accounts,
# the rest with what the accounts do.
REFERENCE = frozenset(
    [
        *("ad_spend", "annotations", "campaigns", "cost_ledger", "fx_rates"),
        *("product_costs", "products", "sales_reps", "surveys", "targets"),
    ]
)
ACCOUNT = frozenset(
    [
        *("companies", "contacts", "email_subscriptions", "survey_responses"),
        *("subscriptions", "subscription_changes", "usage_charges"),
    ]
)
# Columns of money and counts in tables that exist once: they grow with the business.
GROWING = {
    "ad_spend": (
        "spend",
        "impressions",
        "clicks",
        "platform_conversions",
        "platform_revenue",
    ),
    "cost_ledger": ("amount",),
}


@dataclass(frozen=True)
class Contract:
    """The landing contract, asked about columns."""

    tables: dict[str, dict]

    @classmethod
    def read(cls) -> Contract:
        """The contract of this project."""
        return cls(landing_contract())

    @cached_property
    def owners(self) -> dict[str, str]:
        """The column that alone is the key of a table, and the table."""
        owners = {}
        for table, about in self.tables.items():
            keys = [name for name, meta in about["columns"].items() if meta["need"] == "key"]
            if len(keys) == 1:
                owners[keys[0]] = table
        return owners

    def owner(self, column: str) -> str | None:
        """The table whose rows a column names: `merged_into_lead_id` names leads."""
        named = [key for key in self.owners if column == key or column.endswith(f"_{key}")]
        return self.owners[max(named, key=len)] if named else None

    def is_id(self, table: str, column: str) -> bool:
        """Whether a column holds ids that another copy of its table must not share."""
        if table in REFERENCE or self.owner(column) in REFERENCE:
            return False
        return column.endswith("_id")

    def is_account_id(self, column: str) -> bool:
        """Whether the ids of a column are those of companies, contacts and their contracts."""
        return self.owner(column) in ACCOUNT

    def is_moment(self, table: str, column: str) -> bool:
        """Whether a column holds moments of the source, not of the load."""
        about = self.tables[table]
        meta = about["columns"].get(column) or about["common"].get(column)
        return meta is not None and meta["type"] == "timestamp" and column != "loaded_at"

    def event(self, table: str) -> str | None:
        """The column that dates a table's rows; None if nothing does."""
        return self.tables[table]["event"]
