"""Can the data be trusted: which build it is, where raw rows went, and which were rejected."""

from __future__ import annotations

from html import escape

import streamlit as st

from commerce_kpis.dashboard.parts import Page, show_chart
from commerce_kpis.display.quality import TrustTable, read_quality, read_rejected, unbalanced
from commerce_kpis.display.special_charts import rejected_chart
from commerce_kpis.display.tables import definition_list, details, frame_table, plain_text


def render(page: Page) -> None:
    """Draw the page."""
    st.title("Data quality", anchor=False)
    tables = page.source.ask(read_quality)
    _build(page, tables["build_info"])
    _balance(page, tables["dq_conservation"])
    _summary(page, tables["dq_summary"])
    _rejected(page, tables["dq_summary"], tables["dq_rules"])
    for name, title in (("kpi_publishings", "Publishings"), ("build_inputs", "Raw tables read")):
        st.header(title, anchor=False)
        if _is_there(tables[name]):
            st.html(details(f"Table: {title.lower()}", _table(page, tables[name], title)))


def _is_there(table: TrustTable) -> bool:
    """Whether the file has rows of it; if not, the page says so."""
    if table.rows is None:
        st.html(f'<p class="kpi-note">The file has no table trust.{escape(table.name)}.</p>')
    elif not len(table.rows):
        st.html(f'<p class="kpi-note">trust.{escape(table.name)} has no rows.</p>')
    return table.rows is not None and len(table.rows) > 0


def _table(page: Page, table: TrustTable, caption: str) -> str:
    return frame_table(caption, table.rows, page.numbers, page.catalog.words)


def _build(page: Page, table: TrustTable) -> None:
    if not _is_there(table):
        return
    row = table.rows.iloc[0]
    texts = {name: plain_text(row[name], name, page.numbers) for name in table.rows.columns}
    pairs = [
        (page.catalog.words.name(name), text, table.meanings.get(name, ""))
        for name, text in texts.items()
    ]
    st.html(
        f'<p class="kpi-lead">Data as of {escape(texts.get("as_of", ""))}, built '
        f"{escape(texts.get('finished_at', ''))}.</p>"
        + details("This build", definition_list(pairs))
    )


def _balance(page: Page, table: TrustTable) -> None:
    st.header("Nothing lost", anchor=False)
    if not _is_there(table):
        return
    wrong = unbalanced(table.rows)
    rows = int(table.rows["rows_landed"].sum())
    if wrong:
        st.error(f"✗ Unaccounted for: rows or money of {', '.join(wrong)}.")
    else:
        st.success(
            f"✓ {page.numbers.plain(rows)} rows of {len(table.rows)} raw tables: each one is "
            "accepted, rejected or superseded, and so is the money in it."
        )
    st.html(details("Table by raw table", _table(page, table, "Where rows and money went")))


def _summary(page: Page, table: TrustTable) -> None:
    st.header("Rows rejected", anchor=False)
    if not _is_there(table):
        return
    above = table.rows[table.rows["is_above_threshold"].fillna(False).astype(bool)]
    if len(above):
        st.warning(f"! Above what is allowed: {', '.join(above['table_name'])}.")
    show_chart(
        rejected_chart(table.rows, page.numbers),
        "Share of the rows of each raw table that was rejected; the dashed line is what is "
        "allowed. The shares are in the table.",
        _table(page, table, "Raw tables of this build"),
    )


def _rejected(page: Page, summary: TrustTable, rules: TrustTable) -> None:
    st.header("Why rows were rejected", anchor=False)
    if _is_there(rules):
        caption = "Rules that caught something in this build"
        st.html(details("Table of rules", _table(page, rules, caption)))
    if summary.rows is None:
        return
    left_out = summary.rows[["rows_rejected", "rows_superseded"]].fillna(0).sum(axis=1) > 0
    names = sorted(summary.rows.loc[left_out, "table_name"])
    if not names:
        st.html('<p class="kpi-small">Every row was accepted.</p>')
        return
    chosen = st.selectbox("Rows as they were delivered, of", names, key="rejected")
    rows = page.source.ask(read_rejected, chosen)
    st.html(frame_table(f"Rows of {chosen} that are not accepted", rows, page.numbers,
                        page.catalog.words))  # fmt: skip
