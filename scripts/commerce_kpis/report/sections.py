"""The section of a KPI: card, trend, members, variants and definition."""

from __future__ import annotations

from html import escape

from commerce_kpis.display.cards import card_html, make_card
from commerce_kpis.display.catalog import Kpi
from commerce_kpis.display.charts import members_chart, missing_text, trend_chart
from commerce_kpis.display.definitions import definition_html
from commerce_kpis.display.formatting import Numbers
from commerce_kpis.display.special_charts import cohort_chart, funnel_chart, waterfall_chart
from commerce_kpis.display.special_tables import cohort_table, funnel_table, movement_table
from commerce_kpis.display.tables import cells_table, details
from commerce_kpis.display.variants import variants_table
from commerce_kpis.display.words import grain_name
from commerce_kpis.report.contents import Contents
from commerce_kpis.report.images import chart_image

PERIODS_IN_TABLE = 36
MEMBERS_IN_TABLE = 50


def kpi_section(contents: Contents, kpi: Kpi, numbers: Numbers) -> str:
    """Everything about a KPI."""
    parts = [
        f'<section class="kpi-section" id="kpi-{escape(kpi.name)}">',
        f"<h3>{escape(kpi.title)}</h3>",
        f'<p class="kpi-lead">{escape(kpi.default.meaning)}</p>',
        _trend(contents, kpi, numbers),
        _special(contents, kpi, numbers),
        _members(contents, kpi, numbers),
    ]
    cells = contents.totals_of(kpi)
    if len(kpi.variants) > 1 and len(cells):
        table = variants_table(
            contents.catalog, kpi, cells, contents.grain, contents.start, numbers
        )
        parts.append(details(f"Variants ({len(kpi.variants)})", table))
    parts.append(details("Definition", definition_html(contents.catalog, kpi.default)))
    parts.append('<p class="to-top"><a href="#top">Back to the top</a></p></section>')
    return "".join(parts)


def _trend(contents: Contents, kpi: Kpi, numbers: Numbers) -> str:
    grain, variant = contents.grain, kpi.default
    all_cells = contents.totals_of(kpi)
    cells = all_cells[all_cells["variant"] == variant.name]
    aims = contents.targets[
        (contents.targets["kpi"] == kpi.name) & (contents.targets["variant"] == variant.name)
    ]
    card = make_card(contents.catalog, kpi, cells, aims, grain, contents.start, numbers)
    head = card_html(card)
    if not len(cells):
        return f'<div class="kpi-facts">{head}</div>'
    missing = missing_text(cells)
    title = f"{kpi.title} by {grain_name(grain).lower()}"
    note = f'<p class="kpi-note">{escape(missing)}</p>' if missing else ""
    image = chart_image(trend_chart(cells, grain, numbers, aims), f"{title}. {missing}")
    newest = cells.iloc[::-1].head(PERIODS_IN_TABLE)
    table = cells_table(
        f"{title}, the last {len(newest)} periods",
        "Period",
        [numbers.period(day, grain) for day in newest["period_start"]],
        newest,
        numbers,
        variant.fields.get("raw_tables_needed"),
    )
    return (
        f'<div class="kpi-facts"><div>{head}</div><div>{image}{note}</div></div>'
        f"{details('Table of this chart', table)}"
    )


def _members(contents: Contents, kpi: Kpi, numbers: Numbers) -> str:
    found = contents.members_of(kpi)
    if found is None:
        return ""
    dimension, cells = found
    words = contents.catalog.words
    name = words.name(dimension)
    title = f"By {name[:1].lower() + name[1:]}, {numbers.period(contents.start, contents.grain)}"
    table = cells_table(
        title,
        name,
        list(cells["dimension_value"].astype(str)),
        cells,
        numbers,
        kpi.default.fields.get("raw_tables_needed"),
        limit=MEMBERS_IN_TABLE,
    )
    image = chart_image(members_chart(cells, numbers), f"{kpi.title}: {title}")
    return f"<h4>{escape(title)}</h4>{image}{details('Table of this chart', table)}"


def _special(contents: Contents, kpi: Kpi, numbers: Numbers) -> str:
    """Steps, cohorts and movements, of the KPIs that have them."""
    words, period = contents.catalog.words, numbers.period(contents.start, contents.grain)
    parts = []
    if kpi.name in contents.steps:
        steps = contents.steps[kpi.name]
        title = f"Steps, {period}"
        parts.append(f"<h4>{escape(title)}</h4>")
        parts.append(chart_image(funnel_chart(steps, numbers, words.name), f"{kpi.title}: {title}"))
        table = funnel_table(steps, title, numbers, words)
        parts.append(details("Table of this chart", table))
    if kpi.name in contents.cohorts:
        parts.append("<h4>By cohort and age</h4>")
        parts.append(
            chart_image(cohort_chart(contents.cohorts[kpi.name], numbers), f"{kpi.title}: cohorts")
        )
        table = cohort_table(contents.cohorts[kpi.name], kpi.title, numbers)
        parts.append(details("Table of this chart", table))
    if kpi.name in contents.movements:
        movement, rows = contents.movements[kpi.name]
        title = f"From start to end, {period}"
        currency = contents.clock.currency
        parts.append(f"<h4>{escape(title)}</h4>")
        parts.append(
            chart_image(
                waterfall_chart(rows, movement.unit, currency, numbers, words.name),
                f"{kpi.title}: {title}",
            )
        )
        table = movement_table(movement, rows, title, currency, numbers, words)
        parts.append(details("Table of this chart", table))
    return "".join(parts)
