"""How every chart looks: quiet axes, one font, numbers as the locale writes them."""

from __future__ import annotations

from typing import Any

import altair as alt
from babel.dates import get_day_names, get_month_names
from babel.numbers import get_decimal_symbol, get_group_symbol

from commerce_kpis.display.formatting import Numbers
from commerce_kpis.display.palette import INK, LINE, QUIET, SERIES

FONT = "Source Sans, Source Sans Pro, DejaVu Sans, Arial, sans-serif"
# d3's formats of an axis, by the unit of its values.
AXIS_FORMATS = {"fraction": "~%", "bytes": "~s"}
HEIGHT = 280


def configured(chart: alt.Chart | alt.LayerChart, numbers: Numbers) -> alt.Chart | alt.LayerChart:
    """A chart with the looks and the locale."""
    return chart.configure(
        font=FONT, locale=vega_locale(numbers), background="transparent", padding=4
    ).configure_view(stroke=None).configure_axis(
        labelColor=QUIET,
        titleColor=QUIET,
        labelFontSize=12,
        titleFontSize=12,
        titleFontWeight="normal",
        gridColor=LINE,
        domainColor=LINE,
        tickColor=LINE,
        labelLimit=220,
    ).configure_legend(
        labelColor=INK, labelFontSize=12, titleColor=QUIET, orient="top", title=None, labelLimit=260
    ).configure_range(category=list(SERIES)).configure_text(
        color=INK, fontSize=12, font=FONT
    )  # fmt: skip


def value_axis(unit: str, currency: str | None = None, title: str | None = None) -> alt.Axis:
    """The axis of values of a unit."""
    shown = title if title is not None else (currency if unit == "currency" else unit)
    if unit in ("fraction", "count"):
        shown = title or ""
    return alt.Axis(
        format=AXIS_FORMATS.get(unit, ",~r"),
        title=shown or None,
        titleAngle=0,
        titleAlign="left",
        titleAnchor="end",
        titleY=-10,
        tickCount=5,
        domain=False,
        ticks=False,
    )


def vega_locale(numbers: Numbers) -> dict[str, Any]:
    """The locale as Vega takes it: signs of numbers, names of months and days."""
    locale = numbers.locale
    months, days = (
        {
            width: [names[index] for index in sorted(names)]
            for width, names in (
                ("wide", source("wide", locale=locale)),
                ("abbreviated", source("abbreviated", "stand-alone", locale=locale)),
            )
        }
        for source in (get_month_names, get_day_names)
    )
    # Babel counts days from Monday, d3 from Sunday.
    days = {width: [names[-1], *names[:-1]] for width, names in days.items()}
    return {
        "number": {
            "decimal": get_decimal_symbol(locale),
            "thousands": get_group_symbol(locale),
            "grouping": [3],
            "currency": ["", ""],
        },
        "time": {
            "dateTime": "%x, %X",
            "date": "%d/%m/%Y",
            "time": "%H:%M:%S",
            "periods": ["AM", "PM"],
            "days": days["wide"],
            "shortDays": days["abbreviated"],
            "months": months["wide"],
            "shortMonths": months["abbreviated"],
        },
    }
