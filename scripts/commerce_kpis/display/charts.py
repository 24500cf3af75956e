"""The charts of cells of kpi_values; the dashboard draws them, and the report writes them as SVG.

Each takes rows and gives an Altair chart, or None where there is nothing to draw.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import altair as alt
import pandas as pd

from commerce_kpis.display.cards import interval_text
from commerce_kpis.display.chart_theme import HEIGHT, configured, value_axis
from commerce_kpis.display.formatting import Numbers, is_number
from commerce_kpis.display.palette import BLUE, INK, LINE, PAPER, QUIET, SERIES, VERMILION
from commerce_kpis.display.statuses import status_of

SETTLED, OPEN, CAREFUL = "settled", "can still move", "to read with care"
MEMBERS_DRAWN = 15
VARIANT_LEGEND = alt.Legend(columns=2, symbolType="stroke", symbolSize=300)


def trend_chart(
    cells: pd.DataFrame, grain: str, numbers: Numbers, targets: pd.DataFrame | None = None
) -> alt.LayerChart | None:
    """A value over time: a band for its interval, hollow and dashed where it can still move.

    Args:
        cells: of one variant and member, one row per period.
        grain: of the periods.
        numbers: how to write them.
        targets: period_start and target_value, drawn as ticks.
    """
    rows = _drawn(cells, grain, numbers)
    if not len(rows):
        return None
    targets = _targets_in(rows, targets)
    unit, currency = rows.iloc[0]["unit"], rows.iloc[0]["currency_code"]
    x = alt.X("day:T", axis=_time_axis(), title=None)
    y_scale = _value_scale(rows, targets)
    y = alt.Y("value:Q", axis=value_axis(unit, _text(currency)), scale=y_scale)
    tooltip = [
        alt.Tooltip("period:N", title="Period"),
        alt.Tooltip("value_text:N", title="Value"),
        alt.Tooltip("interval_text:N", title="95 %"),
        alt.Tooltip("status_text:N", title="Status"),
    ]
    layers: list[alt.Chart] = []
    # A line ends where there is no value; each run is a line of its own, and a faint one leads on.
    if rows["run"].nunique() > 1:
        layers.append(
            alt.Chart(rows)
            .mark_line(color=QUIET, strokeWidth=1, strokeDash=[1, 4], opacity=0.7)
            .encode(x=x, y=y)
        )
    banded = rows[rows["ci_low"].notna() & rows["ci_high"].notna()]
    if len(banded):
        layers.append(
            alt.Chart(banded)
            .mark_area(color=BLUE, opacity=0.16, clip=True)
            .encode(x=x, y=alt.Y("ci_low:Q", scale=y_scale), y2="ci_high:Q", detail="run:N")
        )
    layers.append(
        alt.Chart(rows[rows["is_settled"]])
        .mark_line(color=BLUE, strokeWidth=2.2, interpolate="linear")
        .encode(x=x, y=y, detail="run:N")
    )
    tail = _open_tail(rows)
    if len(tail):
        layers.append(
            alt.Chart(tail)
            .mark_line(color=BLUE, strokeWidth=2, strokeDash=[4, 4])
            .encode(x=x, y=y, detail="run:N")
        )
    many = len(rows) > 80
    points = alt.Chart(rows).mark_point(size=12 if many else 46, filled=True, opacity=1)
    kinds = [SETTLED, CAREFUL, OPEN]
    layers.append(
        points.encode(
            x=x,
            y=y,
            stroke=alt.value(BLUE),
            fill=alt.Fill(
                "kind:N",
                scale=alt.Scale(domain=kinds, range=[BLUE, "#9ecae8", PAPER]),
                legend=alt.Legend(symbolStrokeColor=BLUE, symbolType="circle"),
            ),
            tooltip=tooltip,
        )
    )
    if len(targets):
        layers.append(_target_layer(targets, rows, x, numbers, y_scale))
    return configured(alt.layer(*layers).properties(height=HEIGHT, width="container"), numbers)


def members_chart(
    cells: pd.DataFrame, numbers: Numbers, labels: Callable[[str], str] = str
) -> alt.LayerChart | None:
    """Members side by side in one period, with their intervals; the largest, if they are many."""
    rows = cells[cells["value"].map(is_number)].head(MEMBERS_DRAWN).copy()
    if not len(rows):
        return None
    unit, currency = rows.iloc[0]["unit"], _text(rows.iloc[0]["currency_code"])
    rows["member"] = rows["dimension_value"].map(labels)
    rows["value_text"] = [numbers.value(value, unit, currency) for value in rows["value"]]
    rows["interval_text"] = [interval_text(row, numbers) for _, row in rows.iterrows()]
    rows["status_text"] = [status_of(name).label for name in rows["value_status"]]
    rows["is_sure"] = [status_of(name).level == "good" for name in rows["value_status"]]
    y = alt.Y("member:N", sort=list(rows["member"]), title=None, axis=alt.Axis(labelLimit=170))
    x = alt.X("value:Q", axis=_flat(value_axis(unit, currency)))
    tooltip = [
        alt.Tooltip("member:N", title="Member"),
        alt.Tooltip("value_text:N", title="Value"),
        alt.Tooltip("interval_text:N", title="95 %"),
        alt.Tooltip("status_text:N", title="Status"),
    ]
    base = alt.Chart(rows).encode(y=y)
    bars = base.mark_bar(color=BLUE, cornerRadiusEnd=3, height={"band": 0.62}).encode(
        x=x,
        tooltip=tooltip,
        opacity=alt.condition(alt.datum.is_sure, alt.value(0.9), alt.value(0.45)),
    )
    rules = base.transform_filter("isValid(datum.ci_low) && isValid(datum.ci_high)").mark_rule(
        color=INK, strokeWidth=1.4
    ).encode(x=alt.X("ci_low:Q"), x2="ci_high:Q")  # fmt: skip
    height = max(90, 27 * len(rows) + 30)
    return configured(alt.layer(bars, rules).properties(height=height, width="container"), numbers)


def variants_chart(
    cells: pd.DataFrame, names: Sequence[str], grain: str, numbers: Numbers,
    labels: Callable[[str], str] = str,
) -> alt.Chart | None:  # fmt: skip
    """Variants of one unit over time, told apart by colour and by the dash of the line."""
    rows = _drawn(cells[cells["variant"].isin(list(names))], grain, numbers)
    if not len(rows):
        return None
    rows["name"] = rows["variant"].map(labels)
    unit, currency = rows.iloc[0]["unit"], _text(rows.iloc[0]["currency_code"])
    order = [labels(name) for name in names if (rows["variant"] == name).any()]
    dashes = [[1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [4, 4], [10, 4], [1, 3], [12, 2, 2, 2]]
    chart = (
        alt.Chart(rows)
        .mark_line(strokeWidth=2, point=alt.OverlayMarkDef(size=22))
        .encode(
            x=alt.X("day:T", axis=_time_axis(), title=None),
            y=alt.Y(
                "value:Q",
                axis=value_axis(unit, currency),
                scale=alt.Scale(zero=_starts_at_zero(rows)),
            ),
            color=alt.Color(
                "name:N",
                sort=order,
                scale=alt.Scale(domain=order, range=list(SERIES[: len(order)])),
                legend=VARIANT_LEGEND,
            ),
            strokeDash=alt.StrokeDash(
                "name:N",
                sort=order,
                scale=alt.Scale(domain=order, range=dashes[: len(order)]),
                legend=VARIANT_LEGEND,
            ),
            tooltip=[
                alt.Tooltip("period:N", title="Period"),
                alt.Tooltip("name:N", title="Variant"),
                alt.Tooltip("value_text:N", title="Value"),
                alt.Tooltip("status_text:N", title="Status"),
            ],
        )
        .properties(height=HEIGHT, width="container")
    )
    return configured(chart, numbers)


def missing_text(cells: pd.DataFrame) -> str:
    """How many periods have no value, and why; empty if all have one."""
    empty = cells[~cells["value"].map(is_number)]
    if not len(empty):
        return ""
    counts = empty["value_status"].value_counts()
    reasons = ", ".join(f"{status_of(name).label} ({count})" for name, count in counts.items())
    return f"No value in {len(empty)} of {len(cells)} periods: {reasons}."


def _drawn(cells: pd.DataFrame, grain: str, numbers: Numbers) -> pd.DataFrame:
    """Rows with a value, with their texts, and with the number of their run without a gap."""
    rows = cells.reset_index(drop=True).copy()
    has_value = rows["value"].map(is_number)
    rows["run"] = (~has_value).cumsum()
    rows = rows[has_value].copy()
    if not len(rows):
        return rows
    rows["day"] = pd.to_datetime(rows["period_start"]).dt.strftime("%Y-%m-%dT00:00:00")
    complete = rows["is_complete_period"].fillna(False).astype(bool)
    mature = rows["is_mature"].fillna(True).astype(bool)
    rows["is_settled"] = complete & mature
    sure = rows["value_status"].map(lambda name: status_of(name).level == "good")
    rows["kind"] = CAREFUL
    rows.loc[rows["is_settled"] & sure, "kind"] = SETTLED
    rows.loc[~rows["is_settled"], "kind"] = OPEN
    rows["period"] = [numbers.period(day, grain) for day in rows["period_start"]]
    rows["value_text"] = [
        numbers.value(row["value"], row["unit"], row["currency_code"]) for _, row in rows.iterrows()
    ]
    rows["interval_text"] = [interval_text(row, numbers) for _, row in rows.iterrows()]
    rows["status_text"] = [status_of(name).label for name in rows["value_status"]]
    return rows.drop(columns=["period_start", "period_end", "matures_on"], errors="ignore")


def _open_tail(rows: pd.DataFrame) -> pd.DataFrame:
    """Periods that can still move, with the settled one before them, so that the line goes on."""
    is_open = ~rows["is_settled"]
    before = is_open.shift(-1, fill_value=False)
    return rows[is_open | before] if is_open.any() else rows.head(0)


def _value_scale(rows: pd.DataFrame, targets: pd.DataFrame) -> alt.Scale:
    """From the lowest to the highest value, target and end of an interval that is to be trusted.

    Intervals of very few cases are wide, and would press everything else flat: they are cut off.
    """
    sure = rows[rows["kind"] == SETTLED]
    shown = [rows["value"], sure["ci_low"], sure["ci_high"], targets["target_value"]]
    ends = pd.concat([part.dropna().astype(float) for part in shown])
    low, high = float(ends.min()), float(ends.max())
    if low > 0 and _starts_at_zero(rows):
        low = 0.0
    room = 0.04 * ((high - low) or abs(high) or 1.0)
    return alt.Scale(domain=[low - room if low != 0 else low, high + room], nice=True, zero=False)


def _starts_at_zero(rows: pd.DataFrame) -> bool:
    """Whether the axis should: not where all values lie far from it in a narrow band."""
    low, high = rows["value"].min(), rows["value"].max()
    return not (low > 0 and high > 0 and low > 0.6 * high)


def _targets_in(rows: pd.DataFrame, targets: pd.DataFrame | None) -> pd.DataFrame:
    """Targets of the periods drawn, with their day."""
    if targets is None or not len(targets):
        return pd.DataFrame(columns=["day", "target_value"])
    marks = targets.copy()
    marks["day"] = pd.to_datetime(marks["period_start"]).dt.strftime("%Y-%m-%dT00:00:00")
    return marks[(marks["day"] >= rows["day"].min()) & (marks["day"] <= rows["day"].max())]


def _target_layer(
    targets: pd.DataFrame, rows: pd.DataFrame, x: alt.X, numbers: Numbers, scale: alt.Scale
) -> alt.Chart:
    marks = targets.copy()
    unit, currency = rows.iloc[0]["unit"], _text(rows.iloc[0]["currency_code"])
    marks["series"] = "target"
    marks["target_text"] = [numbers.value(value, unit, currency) for value in marks["target_value"]]
    return (
        alt.Chart(marks[["day", "series", "target_value", "target_text"]])
        .mark_tick(thickness=3, size=10, orient="horizontal")
        .encode(
            x=x,
            color=alt.Color(
                "series:N",
                scale=alt.Scale(domain=["target"], range=[VERMILION]),
                legend=alt.Legend(symbolType="square", symbolStrokeWidth=0),
            ),
            y=alt.Y("target_value:Q", scale=scale),
            tooltip=[alt.Tooltip("target_text:N", title="Target")],
        )
    )


def _time_axis() -> alt.Axis:
    return alt.Axis(
        grid=False, labelOverlap=True, tickCount=8, domainColor=LINE, tickColor=LINE,
        labelColor=QUIET,
    )  # fmt: skip


def _flat(axis: alt.Axis) -> alt.Axis:
    """The same axis for values that run to the right."""
    axis.titleY = alt.Undefined
    axis.titleAnchor = "end"
    axis.titleAlign = "right"
    return axis


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
