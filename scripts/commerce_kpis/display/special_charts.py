"""The charts of funnels, cohorts, movements and rejected rows."""

from __future__ import annotations

from collections.abc import Callable

import altair as alt
import pandas as pd

from commerce_kpis.display.chart_theme import HEIGHT, configured, value_axis
from commerce_kpis.display.formatting import Numbers, is_number
from commerce_kpis.display.funnels import Step
from commerce_kpis.display.palette import BLUE, GREEN, INK, VERMILION
from commerce_kpis.display.statuses import status_of

# Light to dark in one hue, so that it reads without colour too.
RAMP = ["#f0f6fb", "#c6dff0", "#8fc1e3", "#4a9bcf", "#0072B2", "#004a75"]


def funnel_chart(
    steps: list[Step], numbers: Numbers, labels: Callable[[str], str] = str
) -> alt.LayerChart | None:
    """Bars from the first step to the last, each with its count and its rate."""
    known = [step for step in steps if is_number(step.count)]
    if not known:
        return None
    rows = pd.DataFrame(
        {
            "step": [labels(step.name) for step in known],
            "count": [step.count for step in known],
            "text": [
                numbers.plain(step.count)
                + (f"  ({numbers.percent(step.rate)})" if is_number(step.rate) else "")
                for step in known
            ],
            "lost": [numbers.plain(step.lost) for step in known],
        }
    )
    # Room for the text to the right of the longest bar.
    scale = alt.Scale(domain=[0, max(rows["count"].max(), 1) * 1.2], nice=False)
    y = alt.Y(
        "step:N",
        sort=list(rows["step"]),
        title=None,
        axis=alt.Axis(labelLimit=190, domain=False, ticks=False),
    )
    base = alt.Chart(rows).encode(y=y, x=alt.X("count:Q", scale=scale, axis=None))
    bars = base.mark_bar(color=BLUE, cornerRadiusEnd=4, height={"band": 0.68}).encode(
        tooltip=[
            alt.Tooltip("step:N", title="Step"),
            alt.Tooltip("text:N", title="Came this far (of the step before)"),
            alt.Tooltip("lost:N", title="Lost on the way here"),
        ],
    )
    texts = base.mark_text(align="left", dx=8, fontWeight=600, fontSize=13).encode(text="text:N")
    height = 46 * len(rows) + 10
    return configured(alt.layer(bars, texts).properties(height=height, width="container"), numbers)


def cohort_chart(cells: pd.DataFrame, numbers: Numbers) -> alt.LayerChart | None:
    """Cohorts down, age across, the value as the depth of a colour."""
    rows = cells[cells["value"].map(is_number)].copy()
    if not len(rows):
        return None
    unit = rows.iloc[0]["unit"]
    currency = rows.iloc[0]["currency_code"]
    currency = currency if isinstance(currency, str) else None
    rows["text"] = [numbers.value(value, unit, currency) for value in rows["value"]]
    rows["n_text"] = [numbers.plain(n) if is_number(n) else "" for n in rows["n"]]
    rows["status_text"] = [status_of(name).label for name in rows["value_status"]]
    chart = (
        alt.Chart(rows)
        .mark_rect(stroke="#ffffff", strokeWidth=1)
        .encode(
            x=alt.X("age:O", title="Months since the first order",
                    axis=alt.Axis(labelAngle=0, labelOverlap=True, orient="top", domain=False,
                                  ticks=False)),
            y=alt.Y("cohort:O", title=None, sort="ascending",
                    axis=alt.Axis(domain=False, ticks=False)),
            color=alt.Color(
                "value:Q",
                scale=alt.Scale(range=RAMP),
                legend=alt.Legend(
                    format="~%" if unit == "fraction" else ",~r", gradientLength=180,
                    title=currency,
                ),
            ),
            tooltip=[
                alt.Tooltip("cohort:O", title="Cohort"),
                alt.Tooltip("age:O", title="Months since"),
                alt.Tooltip("text:N", title="Value"),
                alt.Tooltip("n_text:N", title="Customers"),
                alt.Tooltip("status_text:N", title="Status"),
            ],
        )
        .properties(height=max(120, 17 * rows["cohort"].nunique() + 50), width="container")
    )  # fmt: skip
    return configured(chart, numbers)


def waterfall_chart(
    rows: pd.DataFrame,
    unit: str,
    currency: str | None,
    numbers: Numbers,
    labels: Callable[[str], str] = str,
) -> alt.LayerChart:
    """From the start to the end, one bar per step that is not 0; signs are written out."""
    rows = rows[(rows["kind"] == "level") | (rows["amount"] != 0)].reset_index(drop=True).copy()
    rows["label"] = rows["name"].map(labels)
    rows["text"] = [
        ("+" if row["kind"] == "up" else "") + numbers.value(row["amount"], unit, currency)
        for _, row in rows.iterrows()
    ]
    rows["top"] = rows[["low", "high"]].max(axis=1)
    rows["next"] = rows["label"].shift(-1)
    names = {"level": "level", "up": "adds", "down": "takes away"}
    rows["what"] = rows["kind"].map(names)
    x = alt.X("label:N", sort=list(rows["label"]), title=None,
              axis=alt.Axis(labelAngle=-30, labelLimit=130, domain=False, ticks=False))  # fmt: skip
    scale = alt.Scale(zero=False, nice=True, domain=_domain(rows))
    base = alt.Chart(rows).encode(x=x)
    bars = base.mark_bar(cornerRadius=2, width={"band": 0.66}, clip=True).encode(
        y=alt.Y("low:Q", axis=value_axis(unit, currency), scale=scale),
        y2="high:Q",
        color=alt.Color(
            "what:N",
            scale=alt.Scale(domain=list(names.values()), range=[BLUE, GREEN, VERMILION]),
        ),
        tooltip=[
            alt.Tooltip("label:N", title="Step"),
            alt.Tooltip("text:N", title="Amount"),
        ],
    )
    texts = base.mark_text(dy=-8, fontSize=12, color=INK).encode(
        y=alt.Y("top:Q", scale=scale), text="text:N"
    )
    return configured(
        alt.layer(bars, texts).properties(height=HEIGHT + 80, width="container"), numbers
    )


def movements_chart(
    rows: pd.DataFrame, unit: str, currency: str | None, numbers: Numbers
) -> alt.Chart | None:
    """Steps of many periods, above 0 what adds and below what takes away."""
    drawn = rows[rows["amount"] != 0]
    if not len(drawn):
        return None
    order = [label for label in dict.fromkeys(rows["label"]) if (drawn["label"] == label).any()]
    chart = (
        alt.Chart(drawn)
        .mark_bar()
        .encode(
            x=alt.X("period:O", sort=None, title=None, axis=alt.Axis(labelAngle=-40,
                    labelOverlap=True, domain=False)),
            y=alt.Y("amount:Q", axis=value_axis(unit, currency)),
            color=alt.Color("label:N", scale=alt.Scale(domain=order), legend=alt.Legend(columns=3)),
            tooltip=[
                alt.Tooltip("period:N", title="Period"),
                alt.Tooltip("label:N", title="Step"),
                alt.Tooltip("text:N", title="Amount"),
            ],
        )
        .properties(height=HEIGHT, width="container")
    )  # fmt: skip
    return configured(chart, numbers)


def rejected_chart(summary: pd.DataFrame, numbers: Numbers) -> alt.LayerChart | None:
    """The share of each table's rows that was rejected, against what is allowed."""
    rows = summary[summary["rejected_row_share"].map(is_number)].copy()
    rows = rows[rows["rejected_row_share"] > 0]
    if not len(rows):
        return None
    rows["text"] = [numbers.percent(share) for share in rows["rejected_row_share"]]
    columns = ["table_name", "rejected_row_share", "rejection_threshold", "text"]
    rows = rows[columns].astype({"rejected_row_share": float, "rejection_threshold": float})
    y = alt.Y("table_name:N", sort="-x", title=None, axis=alt.Axis(labelLimit=170))
    x = alt.X("rejected_row_share:Q", axis=alt.Axis(format="~%", title=None, tickCount=6))
    base = alt.Chart(rows).encode(y=y)
    bars = base.mark_bar(color=BLUE, cornerRadiusEnd=3, height={"band": 0.6}).encode(
        x=x,
        tooltip=[
            alt.Tooltip("table_name:N", title="Raw table"),
            alt.Tooltip("text:N", title="Rows rejected"),
        ],
    )
    limit = (
        alt.Chart(rows.head(1))
        .mark_rule(color=VERMILION, strokeDash=[5, 4], strokeWidth=2)
        .encode(x="rejection_threshold:Q")
    )
    height = 20 * len(rows) + 40
    return configured(alt.layer(bars, limit).properties(height=height, width="container"), numbers)


def _domain(rows: pd.DataFrame) -> list[float]:
    """From 0, or from just below the lowest step where the steps are small against the level."""
    edges = pd.concat([rows.loc[rows["kind"] != "level", ["low", "high"]].stack(),
                       rows.loc[rows["kind"] == "level", "high"]])  # fmt: skip
    low, high = float(edges.min()), float(edges.max())
    if low <= 0:
        return [min(low * 1.1, 0), max(high, 0) * 1.1 or 1]
    spread = high - low
    floor = low - 0.35 * spread if spread < 0.5 * high else 0
    return [max(0.0, floor), high + 0.12 * (high - max(0.0, floor))]
