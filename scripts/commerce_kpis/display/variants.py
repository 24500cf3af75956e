"""The variants of a KPI side by side."""

from __future__ import annotations

from datetime import date
from html import escape

import pandas as pd

from commerce_kpis.display.cards import make_card
from commerce_kpis.display.catalog import Catalog, Kpi, Variant
from commerce_kpis.display.formatting import NOTHING, Numbers
from commerce_kpis.display.palette import SERIES
from commerce_kpis.display.tables import NUMBER, TEXT, html_table


def comparable_variants(kpi: Kpi, variant: Variant) -> list[str]:
    """The variant and others in its unit, as many as colours tell apart."""
    others = [other.name for other in kpi.variants if other.unit == variant.unit]
    others.remove(variant.name)
    return [variant.name, *others][: len(SERIES)]


def variants_table(
    catalog: Catalog,
    kpi: Kpi,
    cells: pd.DataFrame,
    grain: str,
    start: date | None,
    numbers: Numbers,
) -> str:
    """A row per variant: its value in a period, interval, change, trend, status and meaning."""
    rows = []
    for variant in kpi.variants:
        own = cells[cells["variant"] == variant.name]
        card = make_card(catalog, kpi, own, cells.head(0), grain, start, numbers, variant.name)
        status = card.status.label + (f" ({card.reason})" if card.reason else "")
        rows.append(
            [
                escape(card.variant + (" (default)" if variant.is_default else "")),
                escape(card.value),
                escape(card.interval or NOTHING),
                escape(card.change.text if card.change else NOTHING),
                card.spark,
                escape(status),
                escape(variant.meaning),
            ]
        )
    headings = ("Variant", "Value", "95 % interval", "Change", "Trend", "Status", "Meaning")
    kinds = (TEXT, NUMBER, NUMBER, NUMBER, TEXT, TEXT, TEXT)
    caption = f"{kpi.title}, all variants, {numbers.period(start, grain)}"
    return html_table(caption, headings, rows, kinds, raw_columns=range(len(headings)))
