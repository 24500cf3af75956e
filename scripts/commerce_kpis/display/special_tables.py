"""The tables beside the charts of funnels, cohorts and movements."""

from __future__ import annotations

import pandas as pd

from commerce_kpis.display.formatting import NOTHING, Numbers, is_missing, is_number
from commerce_kpis.display.funnels import Step
from commerce_kpis.display.movements import Movement
from commerce_kpis.display.statuses import status_of
from commerce_kpis.display.tables import NUMBER, TEXT, html_table
from commerce_kpis.display.words import Words


def funnel_table(steps: list[Step], caption: str, numbers: Numbers, words: Words) -> str:
    """A row per step: how many, of how many, lost, status and meaning."""
    rows = [
        [
            words.name(step.name),
            numbers.plain(step.count),
            numbers.percent(step.rate),
            numbers.plain(step.lost) if step.lost is not None else NOTHING,
            status_of(step.status).label,
            step.meaning,
        ]
        for step in steps
    ]
    headings = ("Step", "Came this far", "Of the step before", "Lost", "Status", "Meaning")
    return html_table(caption, headings, rows, (TEXT, NUMBER, NUMBER, NUMBER, TEXT, TEXT))


def cohort_table(cells: pd.DataFrame, title: str, numbers: Numbers) -> str:
    """A row per cohort, a column per month; where there is no value, its status."""
    if not len(cells):
        return ""
    ages = sorted(int(age) for age in cells["age"].unique())
    rows = []
    for cohort, own in cells.groupby("cohort", sort=True):
        by_age = {int(cell["age"]): cell for _, cell in own.iterrows()}
        size = next((cell["n"] for cell in by_age.values() if is_number(cell["n"])), None)
        texts = [_cohort_text(by_age.get(age), numbers) for age in ages]
        rows.append([str(cohort), numbers.plain(size), *texts])
    headings = ("Cohort", "Customers", *[str(age) for age in ages])
    kinds = (TEXT, NUMBER, *[NUMBER] * len(ages))
    return html_table(f"{title}, by months since the first order", headings, rows, kinds)


def movement_table(
    movement: Movement,
    rows: pd.DataFrame,
    caption: str,
    currency: str | None,
    numbers: Numbers,
    words: Words,
) -> str:
    """A row per step: amount and meaning."""
    texts = [
        [
            words.name(row["name"]),
            numbers.value(row["amount"], movement.unit, currency),
            movement.meanings.get(row["name"], ""),
        ]
        for _, row in rows.iterrows()
    ]
    return html_table(caption, ("Step", "Amount", "Meaning"), texts, (TEXT, NUMBER, TEXT))


def _cohort_text(cell: pd.Series | None, numbers: Numbers) -> str:
    if cell is None:
        return ""
    if is_missing(cell["value"]):
        return status_of(cell["value_status"]).label
    return numbers.value(cell["value"], cell["unit"], cell["currency_code"])
