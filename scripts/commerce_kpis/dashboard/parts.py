"""What the pages are made of: their context, charts with their tables, choices of a period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import altair as alt
import pandas as pd
import streamlit as st

from commerce_kpis.dashboard.source import Source
from commerce_kpis.display import cells as cell_queries
from commerce_kpis.display.catalog import Catalog
from commerce_kpis.display.formatting import Numbers
from commerce_kpis.display.tables import details
from commerce_kpis.display.words import grain_name

STYLE = Path(cell_queries.__file__).with_name("style.css")
OWN_STYLE = Path(__file__).with_name("streamlit.css")


@dataclass(frozen=True)
class Page:
    """What every page is drawn from."""

    source: Source
    catalog: Catalog
    numbers: Numbers


def apply_style() -> None:
    """Our styles, from our own files."""
    for file in (STYLE, OWN_STYLE):
        st.html(f"<style>{file.read_text(encoding='utf-8')}</style>")


def show_chart(chart: alt.TopLevelMixin | None, alternative: str, table: str = "") -> None:
    """A chart with what it shows in words, and its numbers as a table below it.

    Args:
        chart: None where there is nothing to draw, which is said.
        alternative: what a screen reader says of it.
        table: HTML of the same numbers.
    """
    if chart is None:
        st.html('<p class="kpi-note">There is nothing to draw: no value in what was chosen.</p>')
    else:
        st.altair_chart(chart, theme=None, width="stretch", alt=alternative)
    if table:
        st.html(details("Table of this chart", table))


def choose_grain(grains: list[str], label: str = "By") -> str:
    """A grain, the month if nothing else is chosen; kept in the address of the page."""
    default = "month" if "month" in grains else grains[0]
    chosen = st.segmented_control(
        label,
        grains,
        default=default,
        required=True,
        wrap=True,
        format_func=grain_name,
        key="grain",
        bind="query-params",
    )
    return chosen or default


def choose_period(page: Page, cells: pd.DataFrame, grain: str, label: str, key: str) -> date | None:
    """First day of a period, by default the latest complete one; None if there is none."""
    starts = sorted({start.date() for start in cells["period_start"]}, reverse=True)
    if not starts:
        return None
    complete = set(
        cells.loc[cells["is_complete_period"].fillna(False).astype(bool), "period_start"].dt.date
    )
    latest = cell_queries.latest_complete(cells)

    def name(start: date) -> str:
        running = "" if start in complete else " (running)"
        return page.numbers.period(start, grain) + running

    return st.selectbox(
        label, starts, index=starts.index(latest), format_func=name, key=f"{key}_{grain}"
    )
