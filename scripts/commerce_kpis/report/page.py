"""The report as HTML. What comes from the file is escaped wherever it is written."""

from __future__ import annotations

from html import escape
from pathlib import Path

from commerce_kpis.display import cells as cell_queries
from commerce_kpis.display.cards import card_html, overview_cards, summary_text
from commerce_kpis.display.formatting import Numbers
from commerce_kpis.display.quality import unbalanced
from commerce_kpis.display.tables import definition_list, details, frame_table, plain_text
from commerce_kpis.display.words import grain_name
from commerce_kpis.report.contents import Contents
from commerce_kpis.report.sections import kpi_section

STYLES = (
    Path(cell_queries.__file__).with_name("style.css"),
    Path(__file__).with_name("report.css"),
)
# A browser that opens the page holds it to this: no script, nothing from anywhere.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'"


def report_html(contents: Contents, numbers: Numbers) -> str:
    """The whole page."""
    catalog = contents.catalog
    period = numbers.period(contents.start, contents.grain)
    title = f"Commerce KPIs, {period}"
    style = "\n".join(file.read_text(encoding="utf-8") for file in STYLES)
    themes = catalog.themes
    links = "".join(
        f'<li><a href="#theme-{escape(theme)}">{escape(catalog.words.name(theme))}</a></li>'
        for theme in themes
    )
    sections = "".join(
        f'<h2 id="theme-{escape(theme)}">{escape(catalog.words.name(theme))}</h2>'
        + "".join(kpi_section(contents, kpi, numbers) for kpi in kpis)
        for theme, kpis in themes.items()
    )
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        f'<a class="skip" href="#overview">To the overview</a>\n<div class="page">\n'
        f'<header id="top"><h1>{escape(title)}</h1>{_lead(contents, numbers)}'
        f'<nav aria-label="Sections"><ul><li><a href="#overview">Overview</a></li>{links}'
        '<li><a href="#quality">Data quality</a></li></ul></nav></header>\n'
        f"<main>{_overview(contents, numbers)}{sections}{_quality(contents, numbers)}</main>\n"
        "</div>\n</body>\n</html>\n"
    )


def _lead(contents: Contents, numbers: Numbers) -> str:
    clock = contents.clock
    money = f" Money in {clock.currency}." if clock.currency else ""
    return (
        f'<p class="kpi-small">By {escape(grain_name(contents.grain).lower())}, compared with the '
        f"period before. Data as of {escape(numbers.moment(clock.as_of))}.{escape(money)}</p>"
    )


def _overview(contents: Contents, numbers: Numbers) -> str:
    defaults = contents.totals[contents.totals["is_default"]]
    cards = overview_cards(
        contents.catalog, defaults, contents.targets, contents.grain, contents.start, numbers
    )
    parts = [f'<section id="overview"><h2>Overview</h2><p>{escape(summary_text(cards))}.</p>']
    for theme, shown in cards.items():
        articles = "".join(card_html(card, f"#kpi-{card.kpi}") for card in shown)
        parts.append(f"<h3>{escape(contents.catalog.words.name(theme))}</h3>")
        parts.append(f'<div class="kpi-grid">{articles}</div>')
    return "".join([*parts, "</section>"])


def _quality(contents: Contents, numbers: Numbers) -> str:
    """Which build it is, and where the raw rows went."""
    parts = ['<section id="quality"><h2>Data quality</h2>']
    conservation = contents.quality["dq_conservation"]
    if conservation.rows is None:
        parts.append('<p class="kpi-note">The file does not say where its raw rows went.</p>')
    else:
        wrong = unbalanced(conservation.rows)
        said = (
            f"Unaccounted for: {', '.join(wrong)}." if wrong else "Every raw row is accounted for."
        )
        parts.append(f"<p>{escape(said)}</p>")
    words = contents.catalog.words
    for name, caption in (
        ("dq_summary", "Raw tables of this build"),
        ("dq_rules", "Rules that caught something in this build"),
    ):
        table = contents.quality[name]
        if table.rows is not None:
            parts.append(details(caption, frame_table(caption, table.rows, numbers, words)))
    build = contents.quality["build_info"]
    if build.rows is not None and len(build.rows):
        row = build.rows.iloc[0]
        pairs = [
            (words.name(name), plain_text(row[name], name, numbers), build.meanings.get(name, ""))
            for name in build.rows.columns
        ]
        parts.append(details("The build", definition_list(pairs)))
    return "".join([*parts, "</section>"])
