"""Charts as images inside the page: SVG that asks for nothing and can run nothing."""

from __future__ import annotations

import base64
from html import escape

import altair as alt
import vl_convert

WIDTH = 760


def chart_image(chart: alt.TopLevelMixin | None, alternative: str) -> str:
    """A chart as an image with its text for screen readers; a note where there is none."""
    if chart is None:
        return '<p class="kpi-note">There is nothing to draw: no value in this period.</p>'
    # The image has its own text: labels of every mark would only make the file larger.
    spec = chart.properties(width=WIDTH).to_dict(validate=False)
    spec["config"]["aria"] = False
    svg = vl_convert.vegalite_to_svg(spec)
    drawn = base64.b64encode(svg.encode()).decode()
    return (
        f'<img class="kpi-chart" src="data:image/svg+xml;base64,{drawn}" '
        f'alt="{escape(alternative)}" loading="lazy">'
    )
