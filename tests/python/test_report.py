"""The report: one file with every KPI that asks nobody for anything, whatever the data say."""

from __future__ import annotations

import re
import shutil
from html import escape
from pathlib import Path

import duckdb
import pytest
from browser import WIDTHS, keep_screenshot, watched_page
from conftest import run_module

EVIL = "</title><script>document.title = 'run'</script><img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def report(published_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of the demo company, in which a title, a meaning and a member are evil."""
    folder = tmp_path_factory.mktemp("report")
    file, out = folder / "kpis.duckdb", folder / "report.html"
    shutil.copyfile(published_file, file)
    with duckdb.connect(str(file)) as connection:
        connection.execute(
            "update kpi.kpi_catalog set title = ?, meaning = ? where kpi = 'aov'", [EVIL, EVIL]
        )
    done = run_module("report.command", "--file", file, "--out", out)
    assert done.returncode == 0, done.stderr
    assert [path.name for path in folder.glob(".report*")] == []
    return out


@pytest.mark.parametrize("width", WIDTHS)
def test_it_opens_offline_and_asks_nobody(browser, report, width):
    page, heard = watched_page(browser, width)
    page.context.set_offline(True)
    page.goto(report.as_uri())
    page.wait_for_function("() => [...document.images].every(image => image.complete || "
                           "image.loading === 'lazy')")  # fmt: skip
    keep_screenshot(page, f"report_{width}")
    assert heard.errors == []
    assert [url for url in heard.requests if not url.startswith(("file:", "data:"))] == []
    assert len([url for url in heard.requests if url.startswith("file:")]) == 1
    assert page.title().startswith("Commerce KPIs")
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTHS[width]
    page.context.close()


def test_it_has_every_kpi_with_value_status_and_definition(report, published_file):
    text = report.read_text(encoding="utf-8")
    with duckdb.connect(str(published_file), read_only=True) as connection:
        rows = connection.execute("select kpi, formula from kpi.kpi_catalog where is_default")
        for kpi, formula in rows.fetchall():
            section = text.partition(f'id="kpi-{kpi}"')[2].partition("</section>")[0]
            assert "kpi-badge" in section
            assert "<summary>Definition</summary>" in section
            assert escape(formula) in section


def test_nothing_of_the_data_becomes_markup(report):
    text = report.read_text(encoding="utf-8")
    assert "<script" not in text
    assert "onerror=alert" not in re.sub(r"&lt;img src=x onerror=alert\(1\)&gt;", "", text)
    assert escape(EVIL) in text


def test_every_picture_has_a_text_and_none_comes_from_outside(report):
    pictures = re.findall(r"<img [^>]*>", report.read_text(encoding="utf-8"))
    assert len(pictures) > 80
    for picture in pictures:
        assert re.search(r'src="data:image/svg\+xml;base64,[A-Za-z0-9+/=]+"', picture)
        assert re.search(r'alt="[^"]{5,}"', picture)


def test_a_missing_file_is_one_line(tmp_path):
    done = run_module("report.command", "--file", tmp_path / "none.duckdb")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "There is no file" in done.stderr


def test_a_folder_that_is_not_there_is_one_line(published_file, tmp_path):
    out = tmp_path / "none" / "report.html"
    done = run_module("report.command", "--file", published_file, "--out", out, "--by", "year")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "Cannot write" in done.stderr
