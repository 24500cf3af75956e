"""What moved a stock from the start of a period to its end."""

from __future__ import annotations

from datetime import date

import duckdb
import pandas as pd
import streamlit as st

from commerce_kpis.dashboard.parts import Page, choose_grain, choose_period, show_chart
from commerce_kpis.display.cells import latest_complete, read_clock
from commerce_kpis.display.movements import (
    Movement,
    find_movements,
    period_rows,
    read_movements,
    waterfall_rows,
)
from commerce_kpis.display.special_charts import movements_chart, waterfall_chart
from commerce_kpis.display.special_tables import movement_table
from commerce_kpis.display.tables import NUMBER, TEXT, html_table
from commerce_kpis.display.words import grain_name

PERIODS_BACK = 18


def read_page(
    connection: duckdb.DuckDBPyConnection, movement: Movement, grain: str
) -> tuple[pd.DataFrame, str | None]:
    """Its movements at a grain, and the currency."""
    return read_movements(connection, movement, grain), read_clock(connection).currency


def render(page: Page) -> None:
    """Draw the page."""
    st.title("Waterfall", anchor=False)
    offered = page.source.ask(find_movements, page.catalog)
    if not offered:
        st.info("The file holds no KPI whose movements lead from a start to an end.")
        return
    left, middle, right = st.columns([1, 2.6, 1], vertical_alignment="bottom")
    with left:
        name = st.selectbox(
            "KPI",
            [movement.kpi.name for movement in offered],
            format_func=lambda kpi: page.catalog.kpi(kpi).title,
            key="movement",
            bind="query-params",
        )
    movement = next(found for found in offered if found.kpi.name == name)
    with middle:
        grain = choose_grain(movement.kpi.grains)
    cells, currency = page.source.ask(read_page, movement, grain)
    with right:
        start = choose_period(page, cells, grain, "Period", "waterfall")
    if start is None:
        st.info("The file holds no period of it.")
        return
    _one_period(page, movement, cells, grain, start, currency)
    _many_periods(page, movement, cells, grain, start, currency)


def _one_period(
    page: Page,
    movement: Movement,
    cells: pd.DataFrame,
    grain: str,
    start: date,
    currency: str | None,
) -> None:
    words, numbers = page.catalog.words, page.numbers
    title = f"{movement.kpi.title}, {numbers.period(start, grain)}"
    st.header(title, anchor=False)
    rows = period_rows(movement, cells, start)
    if rows is None:
        st.html('<p class="kpi-note">Its movements are not known: a source is missing.</p>')
        return
    first, last = (numbers.value(rows.iloc[index]["amount"], movement.unit, currency)
                   for index in (0, -1))  # fmt: skip
    show_chart(
        waterfall_chart(rows, movement.unit, currency, numbers, words.name),
        f"{title}: from {first} to {last}. The steps are in the table.",
    )
    st.caption("Steps of 0 are not drawn. The axis may begin above 0, so that steps can be seen.")
    st.html(movement_table(movement, rows, title, currency, numbers, words))


def _many_periods(
    page: Page,
    movement: Movement,
    cells: pd.DataFrame,
    grain: str,
    start: date,
    currency: str | None,
) -> None:
    words, numbers = page.catalog.words, page.numbers
    until = cells[cells["period_start"] <= pd.Timestamp(start)].dropna(subset=movement.columns)
    until = until.tail(PERIODS_BACK)
    steps = [
        waterfall_rows(movement, row).iloc[1:-1].assign(
            period=numbers.period(row["period_start"], grain)
        )
        for _, row in until.iterrows()
    ]  # fmt: skip
    if not steps or latest_complete(cells) is None:
        return
    rows = pd.concat(steps, ignore_index=True)
    rows["label"] = rows["name"].map(words.name)
    rows["text"] = [numbers.value(amount, movement.unit, currency) for amount in rows["amount"]]
    title = f"Movements by {grain_name(grain).lower()}"
    st.header(title, anchor=False)
    names = [words.name(name) for _, name in movement.steps]
    wide = rows.pivot(index="period", columns="label", values="text").loc[
        list(dict.fromkeys(reversed(list(rows["period"]))))
    ]
    table = html_table(
        f"{movement.kpi.title}: {title.lower()}",
        ("Period", *names),
        [[period, *[row[name] for name in names]] for period, row in wide.iterrows()],
        (TEXT, *[NUMBER] * len(names)),
    )
    show_chart(
        movements_chart(rows, movement.unit, currency, numbers),
        f"{movement.kpi.title}: what was added and taken away in {len(until)} periods.",
        table,
    )
