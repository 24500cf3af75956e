"""Tables as HTML that a screen reader reads row by row; everything in them is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from html import escape

import numpy as np
import pandas as pd

from commerce_kpis.display.cards import interval_text, reason_text
from commerce_kpis.display.formatting import NOTHING, Numbers, is_missing, is_number
from commerce_kpis.display.statuses import status_of
from commerce_kpis.display.words import Words

NUMBER, TEXT, RAW = "number", "text", "raw"
LONG = 15


def html_table(
    caption: str,
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    kinds: Sequence[str] = (),
    raw_columns: Sequence[int] = (),
    limit: int | None = None,
) -> str:
    """A table; its first column heads the rows.

    Args:
        caption: what it holds, said first.
        headings: of the columns.
        rows: texts; escaped here, but for the columns in `raw_columns`, which are HTML of ours.
        kinds: NUMBER or TEXT of each column; the rest is text.
        raw_columns: columns that are HTML already.
        limit: how many rows to show at most; what is left out is said below.
    """
    kinds = [*kinds, *[TEXT] * (len(headings) - len(kinds))]
    shown = rows if limit is None else rows[:limit]
    head = "".join(
        f'<th scope="col" class="kpi-{kind}">{escape(text)}</th>'
        for text, kind in zip(headings, kinds, strict=True)
    )
    body = "".join(_row(row, kinds, raw_columns) for row in shown)
    if not shown:
        body = f'<tr><td colspan="{len(headings)}">Nothing to show.</td></tr>'
    left_out = len(rows) - len(shown)
    note = f'<p class="kpi-small">{left_out:,} more rows are in the download.</p>'
    return (
        f'<div class="kpi-scroll{" kpi-long" if len(shown) > LONG else ""}" tabindex="0" '
        'role="region" '
        f'aria-label="{escape(caption)}"><table class="kpi-table">'
        f"<caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table></div>{note if left_out else ''}"
    )


def cells_table(
    caption: str,
    first_heading: str,
    labels: Sequence[str],
    cells: pd.DataFrame,
    numbers: Numbers,
    raw_tables_needed: str | None = None,
    limit: int | None = None,
) -> str:
    """Cells of kpi_values as rows: value, interval, change, n and status, one after the other."""
    rows = []
    for label, (_, cell) in zip(labels, cells.iterrows(), strict=True):
        status = status_of(cell["value_status"])
        reason = reason_text(cell, raw_tables_needed, numbers)
        rows.append(
            [
                label,
                numbers.value(cell["value"], cell["unit"], cell["currency_code"]),
                interval_text(cell, numbers) or NOTHING,
                numbers.change(cell["value"], cell["previous_value"], cell["unit"]) or NOTHING,
                numbers.plain(cell["n"]) if is_number(cell["n"]) else NOTHING,
                f"{status.label}{f' ({reason})' if reason else ''}",
            ]
        )
    headings = (first_heading, "Value", "95 % interval", "Change", "n", "Status")
    kinds = (TEXT, NUMBER, NUMBER, NUMBER, NUMBER, TEXT)
    return html_table(caption, headings, rows, kinds, limit=limit)


def definition_list(pairs: Sequence[tuple[str, str, str]]) -> str:
    """Names with their texts; the third text says what the name means."""
    items = "".join(
        f'<div><dt title="{escape(meaning)}">{escape(name)}</dt><dd>{escape(text)}</dd></div>'
        for name, text, meaning in pairs
    )
    return f'<dl class="kpi-definition">{items}</dl>'


def details(summary: str, content: str, is_open: bool = False) -> str:
    """Something that opens on demand, without a script."""
    return (
        f'<details class="kpi-details"{" open" if is_open else ""}>'
        f"<summary>{escape(summary)}</summary>{content}</details>"
    )


def _row(row: Sequence[str], kinds: Sequence[str], raw_columns: Sequence[int]) -> str:
    texts = [text if index in raw_columns else escape(str(text)) for index, text in enumerate(row)]
    first = f'<th scope="row" class="kpi-{kinds[0]}">{texts[0]}</th>'
    rest = "".join(
        f'<td class="kpi-{kind}">{text}</td>'
        for text, kind in zip(texts[1:], kinds[1:], strict=True)
    )
    return f"<tr>{first}{rest}</tr>"


def frame_table(
    caption: str,
    rows: pd.DataFrame,
    numbers: Numbers,
    words: Words,
    limit: int | None = None,
) -> str:
    """Any rows of the file as a table: each column by the type of its values and by its name."""
    columns = [name for name in rows.columns if name != "build_id"]
    kinds = [_kind(rows[name]) for name in columns]
    shown = rows if limit is None else rows.head(limit)
    texts = [
        [plain_text(row[name], name, numbers) for name in columns] for _, row in shown.iterrows()
    ]
    return html_table(caption, [words.name(name) for name in columns], texts, kinds)


def plain_text(value: object, column: str, numbers: Numbers) -> str:
    """A value of any type as a text."""
    if is_missing(value):
        return NOTHING
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        is_day = column.endswith(("_date", "_on", "_start", "_end"))
        return numbers.day(value) if is_day else numbers.moment(value)
    if isinstance(value, date):
        return numbers.day(value)
    if isinstance(value, (int, float, Decimal, np.number)):
        if column.endswith(("_share", "_threshold")):
            return numbers.percent(float(value))
        places = 0 if float(value) == int(value) else 2
        return numbers.decimal(float(value), places)
    return str(value)


def _kind(column: pd.Series) -> str:
    if pd.api.types.is_bool_dtype(column):
        return TEXT
    if pd.api.types.is_numeric_dtype(column):
        return NUMBER
    return RAW if column.name.startswith("raw_") else TEXT
