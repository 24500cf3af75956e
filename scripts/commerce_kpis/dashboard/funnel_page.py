"""Where a funnel loses: its steps in one period and member, beside the period before."""

from __future__ import annotations

from html import escape

import streamlit as st

from commerce_kpis.dashboard.parts import Page, choose_grain, choose_period, show_chart
from commerce_kpis.display.catalog import TOTAL
from commerce_kpis.display.cells import total_values
from commerce_kpis.display.funnels import Step, funnels, members_of, read_steps
from commerce_kpis.display.special_charts import funnel_chart
from commerce_kpis.display.special_tables import funnel_table

ALL = "all"


def render(page: Page) -> None:
    """Draw the page."""
    st.title("Funnel", anchor=False)
    offered = funnels(page.catalog)
    if not offered:
        st.info("The file holds no KPI with steps.")
        return
    words = page.catalog.words
    left, right = st.columns([1, 2], vertical_alignment="bottom")
    with left:
        name = st.selectbox(
            "Funnel",
            [kpi.name for kpi in offered],
            format_func=lambda kpi: page.catalog.kpi(kpi).title,
            key="funnel",
            bind="query-params",
        )
    kpi = page.catalog.kpi(name)
    with right:
        grain = choose_grain(kpi.grains)
    cells = page.source.ask(total_values, kpi.name, grain)
    left, middle, right = st.columns(3)
    with left:
        start = choose_period(page, cells, grain, "Period", "funnel")
    with middle:
        dimension = st.selectbox(
            "Split by", [TOTAL, *kpi.dimensions], format_func=words.name, key=f"split_{name}"
        )
    member = ALL
    if start is not None and dimension != TOTAL:
        members = page.source.ask(members_of, kpi.name, grain, start, dimension)
        with right:
            member = st.selectbox("Member", members, key=f"member_{name}_{dimension}")
    if start is None or member is None:
        st.info("The file holds nothing for this choice.")
        return
    steps = page.source.ask(read_steps, kpi, grain, start, dimension, member)
    period = page.numbers.period(start, grain)
    st.header(f"{kpi.title}, {period}", anchor=False)
    st.html(f'<p class="kpi-lead">{escape(kpi.default.meaning)}</p>')
    chart = funnel_chart(steps, page.numbers, words.name)
    show_chart(chart, _told(page, steps))
    st.html(funnel_table(steps, f"Steps of {kpi.title}, {period}", page.numbers, words))


def _told(page: Page, steps: list[Step]) -> str:
    """The funnel in a sentence."""
    parts = [f"{page.catalog.words.name(step.name)} {page.numbers.plain(step.count)}"
             for step in steps]  # fmt: skip
    return "Funnel: " + ", ".join(parts)
