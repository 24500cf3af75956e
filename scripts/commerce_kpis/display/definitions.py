"""What a variant means, as the catalog says it: nothing of it stands here."""

from __future__ import annotations

from html import escape

from commerce_kpis.display.catalog import Catalog, Variant
from commerce_kpis.display.formatting import is_missing
from commerce_kpis.display.tables import definition_list

# Said elsewhere on the page, or of no use to a reader.
LEFT_OUT = ("kpi", "title", "meaning", "formula", "is_default")


def definition_html(catalog: Catalog, variant: Variant) -> str:
    """Formula and all fields of the catalog, each named by its column."""
    pairs = [
        (catalog.words.name(name), _text(value), catalog.column_texts.get(name, ""))
        for name, value in variant.fields.items()
        if name not in LEFT_OUT and not is_missing(value)
    ]
    formula = f'<p class="kpi-formula">{escape(variant.formula)}</p>' if variant.formula else ""
    meaning = f'<p class="kpi-lead">{escape(variant.meaning)}</p>' if variant.meaning else ""
    return meaning + formula + definition_list(pairs)


def _text(value: object) -> str:
    return str(value).replace("|", " or ") if isinstance(value, str) else str(value)
