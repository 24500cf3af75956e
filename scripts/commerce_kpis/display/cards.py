"""What a card of the overview says about a KPI in a period, and how it is written as HTML."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from html import escape

import pandas as pd

from commerce_kpis.display.catalog import Catalog, Kpi
from commerce_kpis.display.formatting import NOTHING, Numbers, is_missing, is_number
from commerce_kpis.display.sparkline import sparkline
from commerce_kpis.display.statuses import (
    GOOD,
    MISSING,
    Status,
    needed_tables,
    status_of,
)
from commerce_kpis.display.words import grain_name, sorted_grains

PERIODS_OF_SPARKLINE = {"day": 60, "week": 52, "month": 24, "quarter": 12, "year": 10, "r12m": 24}
BETTER, WORSE, NEUTRAL = "better", "worse", ""


@dataclass(frozen=True)
class Change:
    """The way from the period before; `verdict` is better, worse or empty."""

    text: str
    is_up: bool | None
    verdict: str
    is_significant: bool
    before: str


@dataclass(frozen=True)
class Card:
    """Everything a card shows, formatted."""

    kpi: str
    title: str
    variant: str
    meaning: str
    period: str
    value: str
    interval: str
    change: Change | None
    target: str
    target_verdict: str
    status: Status
    reason: str
    spark: str


def overview_cards(
    catalog: Catalog,
    cells: pd.DataFrame,
    targets: pd.DataFrame,
    grain: str,
    start: date | None,
    numbers: Numbers,
) -> dict[str, list[Card]]:
    """A card per KPI, by theme."""
    by_kpi = dict(list(cells.groupby("kpi"))) if len(cells) else {}
    return {
        theme: [
            make_card(catalog, kpi, by_kpi.get(kpi.name, cells.head(0)), targets, grain, start,
                      numbers)
            for kpi in kpis
        ]
        for theme, kpis in catalog.themes.items()
    }  # fmt: skip


def make_card(
    catalog: Catalog,
    kpi: Kpi,
    cells: pd.DataFrame,
    targets: pd.DataFrame,
    grain: str,
    start: date | None,
    numbers: Numbers,
    variant_name: str | None = None,
) -> Card:
    """The card of a KPI in the period that begins at a day, from its cells of one variant."""
    variant = kpi.variant(variant_name or kpi.default.name)
    row = _row_at(cells, start)
    period = numbers.period(start, grain)
    shared = (kpi.name, kpi.title, catalog.words.name(variant.name), variant.meaning, period)
    if row is None:
        status = status_of(None)
        reason = status.reason
        if grain not in kpi.grains:
            offered = ", ".join(grain_name(name).lower() for name in sorted_grains(kpi.grains))
            reason = f"It is not made by {grain_name(grain).lower()}; it comes by {offered}"
        return Card(*shared, NOTHING, "", None, "", "", status, reason, "")
    status = status_of(row["value_status"])
    unit, currency = row["unit"], row["currency_code"]
    target, verdict = _target(targets, kpi.name, variant.name, start, unit, currency, numbers)
    return Card(
        *shared,
        numbers.value(row["value"], unit, currency),
        interval_text(row, numbers),
        _change(row, variant.direction, numbers),
        target,
        verdict,
        status,
        reason_text(row, variant.fields.get("raw_tables_needed"), numbers),
        _spark(cells, grain, start, numbers),
    )


def interval_text(row: pd.Series, numbers: Numbers) -> str:
    """The 95 % interval of a cell; empty without one."""
    if not (is_number(row["ci_low"]) and is_number(row["ci_high"])):
        return ""
    low, high = (
        numbers.value(row[end], row["unit"], row["currency_code"]) for end in ("ci_low", "ci_high")
    )
    return f"{low} to {high}"


def reason_text(row: pd.Series, raw_tables_needed: str | None, numbers: Numbers) -> str:
    """Why a cell has the status it has; empty if nothing is wrong."""
    status = status_of(row["value_status"])
    reason = status.reason
    if row["value_status"] == "missing_source" and needed_tables(raw_tables_needed):
        reason = f"{reason}: {needed_tables(raw_tables_needed)}"
    if row["value_status"] in ("immature", "partial_period") and not is_missing(row["matures_on"]):
        reason = f"{reason} until {numbers.day(row['matures_on'])}"
    if row["value_status"] == "low_n" and is_number(row["n"]):
        reason = f"{reason}: {numbers.plain(row['n'])}"
    return reason


def card_html(card: Card, href: str = "") -> str:
    """A card as an article; its heading leads to the KPI's own page, if there is one."""
    title = escape(card.title)
    lines = [
        f'<article class="kpi-card kpi-{card.status.level}">',
        f'<h3><a href="{escape(href)}">{title}</a></h3>' if href else f"<h3>{title}</h3>",
        f'<p class="kpi-variant">{escape(card.variant)}</p>',
        f'<p class="kpi-value">{escape(card.value)}</p>',
    ]
    if card.interval:
        lines.append(
            f'<p class="kpi-small"><abbr title="95 % confidence interval">95 %</abbr> '
            f"{escape(card.interval)}</p>"
        )
    if card.change:
        lines.append(change_html(card.change))
    if card.target:
        verdict = f" kpi-{card.target_verdict}" if card.target_verdict else ""
        lines.append(f'<p class="kpi-small{verdict}">{escape(card.target)}</p>')
    lines.append(card.spark)
    lines.append(status_html(card.status, card.reason))
    lines.append("</article>")
    return "".join(lines)


def change_html(change: Change) -> str:
    """A change with its direction in words, not only in colour."""
    arrow = {True: "▲", False: "▼", None: "■"}[change.is_up]
    verdict = f" kpi-{change.verdict}" if change.verdict else ""
    words = f" {change.verdict}" if change.verdict else ""
    certain = ", beyond chance" if change.is_significant else ""
    return (
        f'<p class="kpi-small"><span class="kpi-change{verdict}">'
        f'<span aria-hidden="true">{arrow}</span> {escape(change.text)}{words}{certain}</span> '
        f"from {escape(change.before)}</p>"
    )


def status_html(status: Status, reason: str = "") -> str:
    """A status as a mark and a word, with its reason behind it."""
    text = f' <span class="kpi-reason">{escape(reason)}</span>' if reason else ""
    return (
        f'<p class="kpi-status"><span class="kpi-badge kpi-{status.level}">'
        f'<span aria-hidden="true">{status.mark}</span> {escape(status.label)}</span>{text}</p>'
    )


def summary_text(cards: dict[str, list[Card]]) -> str:
    """How many KPIs can be trusted, how many with care, and how many have no value."""
    levels = [card.status.level for theme in cards.values() for card in theme]
    good, missing = levels.count(GOOD), levels.count(MISSING)
    return (
        f"{len(levels)} KPIs: {good} ok, {len(levels) - good - missing} to read with care, "
        f"{missing} without a value"
    )


def _row_at(cells: pd.DataFrame, start: date | None) -> pd.Series | None:
    if start is None or not len(cells):
        return None
    found = cells[cells["period_start"] == pd.Timestamp(start)]
    return found.iloc[0] if len(found) else None


def _change(row: pd.Series, direction: str, numbers: Numbers) -> Change | None:
    text = numbers.change(row["value"], row["previous_value"], row["unit"])
    if not text:
        return None
    value, previous = float(row["value"]), float(row["previous_value"])
    is_up = None if value == previous else value > previous
    verdict = NEUTRAL
    if is_up is not None and direction in ("up", "down"):
        verdict = BETTER if is_up == (direction == "up") else WORSE
    significant = row["is_change_significant"]
    return Change(
        text,
        is_up,
        verdict,
        not is_missing(significant) and bool(significant),
        numbers.value(previous, row["unit"], row["currency_code"]),
    )


def _target(
    targets: pd.DataFrame,
    kpi: str,
    variant: str,
    start: date | None,
    unit: str,
    currency: str | None,
    numbers: Numbers,
) -> tuple[str, str]:
    """The target of a period with how far it is attained, and whether that is good."""
    if not len(targets) or start is None:
        return "", NEUTRAL
    found = targets[
        (targets["kpi"] == kpi)
        & (targets["variant"] == variant)
        & (targets["period_start"] == pd.Timestamp(start))
    ]
    if not len(found) or not is_number(found.iloc[0]["target_value"]):
        return "", NEUTRAL
    row = found.iloc[0]
    text = f"Target {numbers.value(row['target_value'], unit, currency)}"
    if is_number(row["attainment"]):
        text += f", {numbers.percent(row['attainment'])} of it"
    if is_missing(row["is_favourable"]):
        return text, NEUTRAL
    verdict = BETTER if row["is_favourable"] else WORSE
    return f"{text}: {'met' if row['is_favourable'] else 'missed'}", verdict


def _spark(cells: pd.DataFrame, grain: str, start: date | None, numbers: Numbers) -> str:
    """The periods up to the one shown."""
    until = cells[cells["period_start"] <= pd.Timestamp(start)]
    until = until.tail(PERIODS_OF_SPARKLINE.get(grain, 24))
    values = [value if is_number(value) else None for value in until["value"]]
    known = until[until["value"].notna()]
    if not len(known):
        return ""
    unit, currency = known.iloc[-1]["unit"], known.iloc[-1]["currency_code"]
    lowest, highest = (
        numbers.value(value, unit, currency) for value in (known["value"].min(),
                                                           known["value"].max())
    )  # fmt: skip
    label = (
        f"Trend of {len(until)} periods to {numbers.period(start, grain)}: "
        f"between {lowest} and {highest}"
    )
    return sparkline(values, label, not bool(until.iloc[-1]["is_complete_period"]))
