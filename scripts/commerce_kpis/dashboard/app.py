"""The app that Streamlit runs for each view: which pages there are, and which file they show.

Arguments: the published file, and a locale or nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import streamlit as st

from commerce_kpis.console import UserError
from commerce_kpis.dashboard import (
    cohort_page,
    funnel_page,
    kpi_page,
    overview_page,
    quality_page,
    waterfall_page,
)
from commerce_kpis.dashboard.parts import Page, apply_style
from commerce_kpis.dashboard.source import Source, follow
from commerce_kpis.display.catalog import read_catalog
from commerce_kpis.display.formatting import DEFAULT_LOCALE, Numbers
from commerce_kpis.display.published import FileReplacedError, Identity, identity_of

PAGES: dict[str, tuple[str, Callable[[Page], None]]] = {
    "overview": ("Overview", overview_page.render),
    "funnel": ("Funnel", funnel_page.render),
    "cohorts": ("Cohorts", cohort_page.render),
    "waterfall": ("Waterfall", waterfall_page.render),
    "quality": ("Data quality", quality_page.render),
}


def main(file: Path, locale: str) -> None:
    """Draw the page that is asked for, from the file as it is now."""
    st.set_page_config(page_title="Commerce KPIs", page_icon="📈", layout="wide")
    apply_style()
    identity: Identity | None = None
    try:
        identity = identity_of(file)
        source = Source(file, identity)
        numbers = Numbers(locale or st.context.locale or DEFAULT_LOCALE)
        _navigate(Page(source, source.ask(read_catalog), numbers)).run()
    except FileReplacedError:
        st.rerun()
    except UserError as error:
        st.error(str(error))
    follow(file, identity)


def _navigate(page: Page) -> st.Page:
    """The page that is asked for, of those that the catalog of the file makes."""
    sections: dict[str, list[st.Page]] = {"Views": []}
    for path, (title, render) in PAGES.items():
        sections["Views"].append(
            st.Page(partial(render, page), title=title, url_path=path, default=path == "overview")
        )
    for theme, kpis in page.catalog.themes.items():
        sections[page.catalog.words.name(theme)] = [
            st.Page(
                partial(kpi_page.render, page, kpi), title=kpi.title, url_path=f"kpi-{kpi.name}"
            )
            for kpi in kpis
        ]
    return st.navigation(sections, expanded=True)


main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "")
