"""How cohorts of customers go on, month by month after their first order."""

from __future__ import annotations

from html import escape

import pandas as pd
import streamlit as st

from commerce_kpis.dashboard.parts import Page, show_chart
from commerce_kpis.display.cohorts import cohort_kpis, read_cohorts
from commerce_kpis.display.formatting import NOTHING, is_missing, is_number
from commerce_kpis.display.special_charts import cohort_chart
from commerce_kpis.display.statuses import status_of
from commerce_kpis.display.tables import NUMBER, TEXT, html_table


def render(page: Page) -> None:
    """Draw the page."""
    st.title("Cohorts", anchor=False)
    offered = page.source.ask(cohort_kpis, page.catalog)
    if not offered:
        st.info("The file holds no KPI that follows cohorts.")
        return
    left, right = st.columns(2)
    with left:
        name = st.selectbox(
            "KPI",
            [kpi.name for kpi in offered],
            format_func=lambda kpi: page.catalog.kpi(kpi).title,
            key="cohort_kpi",
            bind="query-params",
        )
    kpi = page.catalog.kpi(name)
    with right:
        chosen = st.selectbox(
            "Variant",
            [variant.name for variant in kpi.variants],
            format_func=page.catalog.words.name,
            key=f"variant_{name}",
        )
    variant = kpi.variant(chosen)
    st.html(f'<p class="kpi-lead">{escape(variant.meaning)}</p>')
    cells = page.source.ask(read_cohorts, kpi.name, variant.name)
    title = f"{kpi.title}: {page.catalog.words.name(variant.name)}"
    show_chart(
        cohort_chart(cells, page.numbers),
        f"{title}, a cell for each cohort and month since its first order.",
    )
    st.html(_table(page, cells, title))


def _table(page: Page, cells: pd.DataFrame, title: str) -> str:
    """A row per cohort, a column per month; where there is no value, its status."""
    if not len(cells):
        return ""
    ages = sorted(int(age) for age in cells["age"].unique())
    rows = []
    for cohort, own in cells.groupby("cohort", sort=True):
        by_age = {int(cell["age"]): cell for _, cell in own.iterrows()}
        size = next((cell["n"] for cell in by_age.values() if is_number(cell["n"])), None)
        texts = [_text(page, by_age.get(age)) for age in ages]
        rows.append([str(cohort), page.numbers.plain(size), *texts])
    headings = ("Cohort", "Customers", *[str(age) for age in ages])
    kinds = (TEXT, NUMBER, *[NUMBER] * len(ages))
    return html_table(f"{title}, by months since the first order", headings, rows, kinds)


def _text(page: Page, cell: pd.Series | None) -> str:
    if cell is None:
        return ""
    if is_missing(cell["value"]):
        return status_of(cell["value_status"]).label or NOTHING
    return page.numbers.value(cell["value"], cell["unit"], cell["currency_code"])
