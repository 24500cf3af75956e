"""How cohorts of customers go on, month by month after their first order."""

from __future__ import annotations

from html import escape

import streamlit as st

from commerce_kpis.dashboard.parts import Page, show_chart
from commerce_kpis.display.cohorts import cohort_kpis, read_cohorts
from commerce_kpis.display.special_charts import cohort_chart
from commerce_kpis.display.special_tables import cohort_table


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
    st.html(cohort_table(cells, title, page.numbers))
