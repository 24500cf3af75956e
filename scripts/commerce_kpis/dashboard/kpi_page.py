"""One KPI: its trend, its members, its variants, what it means, and its numbers to take away."""

from __future__ import annotations

from html import escape

import duckdb
import pandas as pd
import streamlit as st

from commerce_kpis.dashboard.parts import Page, choose_grain, choose_period, show_chart
from commerce_kpis.display.cards import card_html, make_card
from commerce_kpis.display.catalog import TOTAL, Kpi, Variant
from commerce_kpis.display.cells import latest_complete, member_values, targets, total_values
from commerce_kpis.display.charts import (
    MEMBERS_DRAWN,
    members_chart,
    missing_text,
    trend_chart,
    variants_chart,
)
from commerce_kpis.display.definitions import definition_html
from commerce_kpis.display.download import csv_of
from commerce_kpis.display.tables import cells_table, details
from commerce_kpis.display.variants import comparable_variants, variants_table
from commerce_kpis.display.words import grain_name

ROWS_SHOWN = 400
VARIANTS_DRAWN = 4


def read_kpi(
    connection: duckdb.DuckDBPyConnection, kpi: str, grain: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Its totals at a grain, and their targets."""
    return total_values(connection, kpi, grain), targets(connection, grain, kpi)


def render(page: Page, kpi: Kpi) -> None:
    """Draw the page of a KPI."""
    st.title(kpi.title, anchor=False)
    left, right = st.columns([1, 2], vertical_alignment="bottom")
    with left:
        variant = _choose_variant(page, kpi)
    with right:
        grain = choose_grain(kpi.grains)
    st.html(f'<p class="kpi-lead">{escape(variant.meaning)}</p>')
    cells, aims = page.source.ask(read_kpi, kpi.name, grain)
    own = cells[cells["variant"] == variant.name]
    if not len(own):
        st.info("The file holds no period of it at this grain.")
    else:
        _trend(page, kpi, variant, grain, own, aims[aims["variant"] == variant.name])
        _members(page, kpi, variant, grain, own)
        _variants(page, kpi, variant, grain, cells)
    st.header("Definition", anchor=False)
    st.html(definition_html(page.catalog, variant))
    _download(page, kpi, grain)


def _choose_variant(page: Page, kpi: Kpi) -> Variant:
    names = [variant.name for variant in kpi.variants]

    def label(name: str) -> str:
        return page.catalog.words.name(name) + (" (default)" if name == names[0] else "")

    chosen = st.selectbox("Variant", names, format_func=label, key="variant", bind="query-params")
    return kpi.variant(chosen or names[0])


def _trend(
    page: Page, kpi: Kpi, variant: Variant, grain: str, cells: pd.DataFrame, aims: pd.DataFrame
) -> None:
    """The value over time, beside its latest complete period."""
    numbers = page.numbers
    st.header(f"Trend by {grain_name(grain).lower()}", anchor=False)
    start = latest_complete(cells)
    card = make_card(page.catalog, kpi, cells, aims, grain, start, numbers, variant.name)
    left, right = st.columns([1, 3])
    with left:
        st.html(
            f'<p class="kpi-small">{escape(card.period)}, the latest complete period</p>'
            + card_html(card)
        )
    missing = missing_text(cells)
    title = f"{kpi.title}, {page.catalog.words.name(variant.name)}, by {grain_name(grain).lower()}"
    ordered = cells.iloc[::-1]
    table = cells_table(
        title,
        "Period",
        [numbers.period(day, grain) for day in ordered["period_start"]],
        ordered,
        numbers,
        variant.fields.get("raw_tables_needed"),
        limit=ROWS_SHOWN,
    )
    with right:
        show_chart(
            trend_chart(cells, grain, numbers, aims),
            f"{title}, from {numbers.period(cells['period_start'].min(), grain)} to "
            f"{numbers.period(cells['period_start'].max(), grain)}. Latest complete period: "
            f"{card.value}. {missing}",
        )
        if missing:
            st.html(f'<p class="kpi-note">{escape(missing)}</p>')
    st.html(details("Table of this chart", table))


def _members(page: Page, kpi: Kpi, variant: Variant, grain: str, cells: pd.DataFrame) -> None:
    """The members of a dimension in one period."""
    if not kpi.dimensions:
        return
    words = page.catalog.words
    st.header("By dimension", anchor=False)
    left, right = st.columns([2, 1])
    with left:
        dimension = st.selectbox(
            "Dimension",
            kpi.dimensions,
            format_func=words.name,
            key="dimension",
            bind="query-params",
        )
    with right:
        start = choose_period(page, cells, grain, "Period", "members")
    if dimension is None or start is None:
        return
    members = page.source.ask(member_values, kpi.name, variant.name, grain, dimension, start)
    title = (
        f"{kpi.title}, {words.name(variant.name)}, by {words.name(dimension).lower()}, "
        f"{page.numbers.period(start, grain)}"
    )
    if not len(members):
        st.html(
            '<p class="kpi-note">No member of it has anything in this period: '
            "cells whose parts are all 0 are left out.</p>"
        )
        return
    chart = members_chart(members, page.numbers)
    drawn = min(int(members["value"].notna().sum()), MEMBERS_DRAWN)
    if chart is not None and drawn < len(members):
        st.caption(f"The {drawn} largest of {len(members)} members; all are in the table.")
    table = cells_table(
        title,
        words.name(dimension),
        list(members["dimension_value"].astype(str)),
        members,
        page.numbers,
        variant.fields.get("raw_tables_needed"),
        limit=ROWS_SHOWN,
    )
    show_chart(chart, title, table)


def _variants(page: Page, kpi: Kpi, variant: Variant, grain: str, cells: pd.DataFrame) -> None:
    """Every reading of the KPI beside the others."""
    if len(kpi.variants) < 2:
        return
    st.header("Variants side by side", anchor=False)
    start = latest_complete(cells)
    names = comparable_variants(kpi, variant)
    if len(names) > 1:
        label = page.catalog.words.name
        chosen = st.multiselect(
            f"Variants in {variant.unit}",
            names,
            names[:VARIANTS_DRAWN],
            format_func=label,
            key="variants",
        )
        show_chart(
            variants_chart(cells, chosen, grain, page.numbers, label),
            f"{kpi.title}: {', '.join(label(name) for name in chosen)}, "
            f"by {grain_name(grain).lower()}",
        )
    st.html(variants_table(page.catalog, kpi, cells, grain, start, page.numbers))


def _download(page: Page, kpi: Kpi, grain: str) -> None:
    """The cells of the KPI as CSV, made when it is asked for."""
    st.header("Download", anchor=False)
    dimensions = [TOTAL, *kpi.dimensions]
    left, right = st.columns([2, 1], vertical_alignment="bottom")
    with left:
        dimension = st.selectbox(
            "Cells of", dimensions, format_func=page.catalog.words.name, key="download"
        )
    with right:
        st.download_button(
            "Download as CSV",
            lambda: csv_of(page.source.file, kpi.name, grain, dimension or TOTAL),
            file_name=f"{kpi.name}_{grain}_{dimension}.csv",
            mime="text/csv",
            on_click="ignore",
        )
