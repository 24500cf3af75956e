"""The dashboard in a real browser: each page is whole, asks nobody, and follows a new publish."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from commerce_kpis.display.cards import card_html, make_card
from commerce_kpis.display.catalog import read_catalog
from commerce_kpis.display.download import safe_csv
from commerce_kpis.display.formatting import Numbers
from commerce_kpis.display.published import FileReplacedError, identity_of, opened
from conftest import run_module

pytest.importorskip("streamlit", reason="Streamlit needs Python 3.11 or newer.")

from browser import (
    WIDTHS,
    keep_screenshot,
    open_page,
    running_dashboard,
    settle,
    watched_page,
)

VIEWS = ("", "funnel", "cohorts", "waterfall", "quality")
KPIS = ("sales", "customer_churn", "nps", "lead_score_calibration")
WITHOUT_CHART = ("",)


@pytest.fixture(scope="module")
def shown_file(published_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the published file, to be replaced."""
    file = tmp_path_factory.mktemp("shown") / "kpis.duckdb"
    shutil.copyfile(published_file, file)
    return file


@pytest.fixture(scope="module")
def dashboard(browser, shown_file: Path) -> Iterator[str]:
    """The address of a dashboard of the demo company."""
    with running_dashboard(shown_file) as address:
        yield address


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", [*VIEWS, *(f"kpi-{kpi}" for kpi in KPIS)])
def test_each_page_is_whole_and_asks_nobody_outside(browser, dashboard, path, width):
    page, heard = watched_page(browser, width)
    open_page(page, f"{dashboard}/{path}")
    if path not in WITHOUT_CHART:
        # What draws charts is loaded by itself, when the page is done without them.
        page.wait_for_selector('[data-testid="stVegaLiteChart"]')
        settle(page)
    keep_screenshot(page, f"dashboard_{path or 'overview'}_{width}")
    assert page.locator('[data-testid="stException"]').count() == 0
    assert page.locator('[data-testid="stAlert"]', has_text="defect").count() == 0
    assert page.locator("h1").count() == 1
    assert page.locator("h2").count() >= (0 if path == "cohorts" else 1)
    if path not in WITHOUT_CHART:
        assert page.locator("table.kpi-table").count() >= 1
    assert heard.errors == []
    assert heard.outside(dashboard) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTHS[width]
    page.context.close()


def test_every_kpi_has_a_card_and_a_page(browser, dashboard, shown_file):
    with duckdb.connect(str(shown_file), read_only=True) as connection:
        titles = {
            row[0]
            for row in connection.execute("select distinct title from kpi.kpi_catalog").fetchall()
        }
    page, _ = watched_page(browser, "desktop")
    open_page(page, dashboard)
    assert set(page.locator("article.kpi-card h3").all_inner_texts()) == titles
    links = page.locator('[data-testid="stSidebarNav"] a').all_inner_texts()
    assert titles <= {text.strip() for text in links}
    page.context.close()


def test_a_card_leads_to_its_kpi_at_the_same_grain(browser, dashboard):
    page, _ = watched_page(browser, "desktop")
    open_page(page, f"{dashboard}/?grain=Quarter")
    page.get_by_role("link", name="Customer churn").last.click()
    page.wait_for_selector("h1:has-text('Customer churn')")
    page.wait_for_selector("h2:has-text('Trend by quarter')")
    page.context.close()


def test_a_status_is_said_in_words_and_a_value_that_is_missing_with_its_reason(browser, dashboard):
    page, _ = watched_page(browser, "desktop")
    open_page(page, dashboard)
    card = page.locator("article.kpi-missing").first
    assert card.locator(".kpi-badge").inner_text().strip(" ∅!✓◔")
    assert card.locator(".kpi-reason").inner_text()
    page.context.close()


def test_numbers_are_written_as_the_browser_of_the_reader_does(browser, dashboard, shown_file):
    with duckdb.connect(str(shown_file), read_only=True) as connection:
        value = connection.execute(
            "select value from kpi.kpi_values where kpi = 'sales' and is_default "
            "and dimension = 'total' and period_grain = 'month' and is_complete_period "
            "order by period_start desc limit 1"
        ).fetchone()[0]
    for locale, sign in (("de-DE", "."), ("en-US", ",")):
        page, _ = watched_page(browser, "desktop", locale)
        open_page(page, f"{dashboard}/kpi-sales")
        shown = page.locator(".kpi-value").first.inner_text()
        assert f"{value:,.0f}".replace(",", sign) in shown
        page.context.close()


def test_the_download_has_the_cells_of_the_file(browser, dashboard, shown_file, tmp_path):
    page, _ = watched_page(browser, "desktop")
    open_page(page, f"{dashboard}/kpi-sales")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as CSV").click()
    file = tmp_path / "cells.csv"
    download.value.save_as(file)
    rows = duckdb.execute(f"select count(*), sum(value) from read_csv('{file}')").fetchone()
    with duckdb.connect(str(shown_file), read_only=True) as connection:
        expected = connection.execute(
            "select count(*), sum(value) from kpi.kpi_values where kpi = 'sales' "
            "and period_grain = 'month' and dimension = 'total'"
        ).fetchone()
    assert rows[0] == expected[0] > 0
    assert rows[1] == pytest.approx(expected[1])
    page.context.close()


def test_a_new_publish_is_followed_without_a_restart(browser, published_file, tmp_path):
    file, beside = tmp_path / "kpis.duckdb", tmp_path / "next.duckdb"
    for copy in (file, beside):
        shutil.copyfile(published_file, copy)
    with duckdb.connect(str(beside)) as connection:
        connection.execute(
            "update kpi.kpi_catalog set title = 'A <b>new</b> title' where kpi = 'sales'"
        )
    with running_dashboard(file) as address:
        page, heard = watched_page(browser, "desktop")
        open_page(page, address)
        assert page.locator("article h3", has_text="A <b>new</b> title").count() == 0
        beside.replace(file)
        page.wait_for_selector("article h3:has-text('A <b>new</b> title')")
        settle(page)
        assert page.locator('[data-testid="stException"]').count() == 0
        assert heard.errors == []
        page.context.close()


def test_an_answer_of_another_file_than_the_expected_one_is_refused(tmp_path):
    file, beside = tmp_path / "kpis.duckdb", tmp_path / "next.duckdb"
    for name in (file, beside):
        duckdb.connect(str(name)).close()
    before = identity_of(file)
    beside.replace(file)
    with pytest.raises(FileReplacedError), opened(file, before):
        pass
    with opened(file, identity_of(file)) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_a_missing_file_is_one_line(tmp_path):
    done = run_module("dashboard.command", "--file", tmp_path / "none.duckdb")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        f"Error: There is no file {tmp_path / 'none.duckdb'}: run scripts/build, or name another "
        "file."
    ]


def test_a_file_that_is_no_published_one_is_one_line(tmp_path):
    text, empty = tmp_path / "text.duckdb", tmp_path / "empty.duckdb"
    text.write_text("This is no database, whatever its name says.", encoding="utf-8")
    duckdb.connect(str(empty)).close()
    for file in (text, empty):
        done = run_module("dashboard.command", "--file", file)
        assert done.returncode == 1
        assert len(done.stderr.splitlines()) == 1
        assert "published" in done.stderr


def test_a_taken_port_is_one_line(dashboard, shown_file):
    port = dashboard.rpartition(":")[2]
    done = run_module("dashboard.command", "--file", shown_file, "--port", port)
    assert done.returncode == 1
    assert done.stderr.startswith(f"Error: Cannot listen on 127.0.0.1:{port}")
    assert len(done.stderr.splitlines()) == 1


def test_a_text_that_a_spreadsheet_would_run_is_made_harmless():
    rows = duckdb.sql("select * from (values ('=1+1', -2.5), ('plain', 3)) as t (name, value)").df()
    assert safe_csv(rows).decode().splitlines() == ["name,value", "'=1+1,-2.5", "plain,3.0"]


def test_a_card_escapes_what_the_file_says(shown_file):
    with opened(shown_file) as connection:
        catalog = read_catalog(connection)
    kpi = catalog.kpis[0]
    assert kpi.title
    evil = replace(kpi, title="<script>alert(1)</script>")
    empty = pd.DataFrame(columns=["period_start"])
    card = make_card(catalog, evil, empty, empty, "month", None, Numbers())
    assert "<script>" not in card_html(card)
    assert "&lt;script&gt;" in card_html(card)
