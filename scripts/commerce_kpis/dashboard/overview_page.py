"""All KPIs of a period, a card for each."""

from __future__ import annotations

from html import escape
from urllib.parse import urlencode

import duckdb
import pandas as pd
import streamlit as st

from commerce_kpis.dashboard.parts import Page, choose_grain, choose_period
from commerce_kpis.display.cards import card_html, overview_cards, summary_text
from commerce_kpis.display.cells import Clock, default_values, read_clock, targets
from commerce_kpis.display.words import grain_name, sorted_grains


def read_overview(
    connection: duckdb.DuckDBPyConnection, grain: str
) -> tuple[pd.DataFrame, pd.DataFrame, Clock]:
    """Cells, targets and the clock."""
    return default_values(connection, grain), targets(connection, grain), read_clock(connection)


def render(page: Page) -> None:
    """Draw the page."""
    st.title("Commerce KPIs", anchor=False)
    grains = sorted_grains({grain for kpi in page.catalog.kpis for grain in kpi.grains})
    if not grains:
        st.info("The file holds no KPI yet.")
        return
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    with left:
        grain = choose_grain(grains)
    cells, aims, clock = page.source.ask(read_overview, grain)
    with right:
        start = choose_period(page, cells, grain, "Period", "overview")
    if start is None:
        st.info("The file holds no period yet.")
        return
    cards = overview_cards(page.catalog, cells, aims, grain, start, page.numbers)
    known = page.numbers.moment(clock.as_of)
    money = f" Money in {clock.currency}." if clock.currency else ""
    st.html(
        f'<p class="kpi-lead"><strong>{escape(page.numbers.period(start, grain))}</strong>, '
        f"compared with the period before. {escape(summary_text(cards))}.</p>"
        f'<p class="kpi-small">Data as of {escape(known)}.{escape(money)}</p>'
    )
    for theme, shown in cards.items():
        st.header(page.catalog.words.name(theme), anchor=False)
        articles = "".join(card_html(card, _address(card.kpi, grain)) for card in shown)
        st.html(f'<div class="kpi-grid">{articles}</div>')


def _address(kpi: str, grain: str) -> str:
    """The page of a KPI at a grain; Streamlit writes the choice into an address by its label."""
    return f"kpi-{kpi}?{urlencode({'grain': grain_name(grain)})}"
