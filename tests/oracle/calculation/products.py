"""Products and what they cost."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from oracle.calculation.money import money
from oracle.calculation.reading import Row

if TYPE_CHECKING:
    from oracle.calculation.world import World


class Products:
    """Versions and costs of products."""

    def __init__(self, world: World) -> None:
        self.reading = world.reading
        self.rates = world.rates
        self.versions: dict[str, list[Row]] = defaultdict(list)
        for row in self.reading.live("products"):
            self.versions[row["product_id"]].append(row)
        for rows in self.versions.values():
            rows.sort(key=lambda row: (row["valid_from"] is not None, row["valid_from"] or 0))
        self.costs: dict[str, list[Row]] = defaultdict(list)
        rows = sorted(self.reading.live("product_costs"), key=lambda row: row["valid_from"])
        for row in rows:
            self.costs[row["product_id"]].append(row)

    def version(self, product_id: str | None, day: date) -> Row | None:
        """The version of a product on a day; the first one before it began."""
        rows = self.versions.get(product_id or "", [])
        begun = [
            row
            for row in rows
            if row["valid_from"] is None or self.reading.business_date(row["valid_from"]) <= day
        ]
        return begun[-1] if begun else next(iter(rows), None)

    def cost(self, line: Row, rate: Decimal, day: date) -> Decimal | None:
        """Cost of a line in the reporting currency: its own, else that of its product then."""
        if line["unit_cost"] is not None:
            return money(line["unit_cost"] * line["quantity"] * rate)
        begun = [
            row for row in self.costs.get(line["product_id"] or "", []) if row["valid_from"] <= day
        ]
        if not begun or (begun[-1]["valid_to"] is not None and begun[-1]["valid_to"] <= day):
            return None
        row = begun[-1]
        cost_rate = self.rates.rate(row["currency_code"], day)
        return None if cost_rate is None else money(row["unit_cost"] * line["quantity"] * cost_rate)
