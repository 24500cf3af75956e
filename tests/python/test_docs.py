"""dbt's documentation as one page, and the data model that is drawn in docs/data_model.md."""

from __future__ import annotations

import json
import re
from pathlib import Path

import duckdb
import pytest
from browser import SCREENSHOTS, watched_page
from commerce_kpis.core_tables import Reference, core_tables, references
from commerce_kpis.data_model_page import DATA_MODEL, THEMES
from commerce_kpis.overview_page import OVERVIEW
from commerce_kpis.project import target_folder
from conftest import run_module

CAC = "#!/model/model.commerce_kpis.kpi_cac"


@pytest.fixture(scope="module")
def page_of_docs(published_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of scripts/docs of the demo company."""
    out = tmp_path_factory.mktemp("docs") / "docs.html"
    where = {"DBT_TARGET_PATH": str(target_folder())}
    done = run_module("docs", "--file", published_file, "--out", out, **where)
    assert done.returncode == 0, done.stderr
    return out


def keep_view(page, name: str) -> None:
    """What is seen of a page, below target/; its parts are laid over an empty body."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.wait_for_timeout(1000)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")


def test_the_overview_a_kpi_and_a_lineage_open_offline_and_ask_nobody(browser, page_of_docs):
    page, heard = watched_page(browser, "desktop")
    page.context.set_offline(True)
    page.set_viewport_size({"width": 1280, "height": 2000})
    page.goto(page_of_docs.as_uri())
    page.wait_for_selector("h1:has-text('Commerce KPIs')")
    assert page.locator("a", has_text="Customer acquisition cost").count() == 1
    assert "written by" not in page.inner_text("body")
    keep_view(page, "docs_overview")

    page.goto(f"{page_of_docs.as_uri()}{CAC}")
    page.wait_for_selector("h1:has-text('kpi_cac')")
    shown = page.inner_text("body")
    assert "what a new customer costs" in shown
    # A type as the published file has it, not as the YAML writes it.
    assert "DECIMAL(18,4)" in shown
    keep_view(page, "docs_kpi_cac")

    # The lineage of an address opens with the page, not while it is there.
    page.goto("about:blank")
    page.goto(f"{page_of_docs.as_uri()}#!/overview?g_v=1&g_i=1%2Bkpi_cac")
    page.wait_for_function("() => [...document.querySelectorAll('canvas')].some(it => it.width)")
    keep_view(page, "docs_lineage")
    assert heard.errors == []
    asked = {url.partition("#")[0] for url in heard.requests if not url.startswith("data:")}
    assert asked == {page_of_docs.as_uri()}
    page.context.close()


def test_the_lineage_is_without_tests_and_what_ties_each_kpi_to_all_raw_tables(page_of_docs):
    text = page_of_docs.read_text(encoding="utf-8")
    start = text.index('{"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manif')
    manifest, _ = json.JSONDecoder().raw_decode(text, start)
    nodes = manifest["nodes"]
    assert not [name for name in nodes if name.startswith("test.") and nodes[name]["docs"]["show"]]
    above, new = set(), {"model.commerce_kpis.kpi_aov"}
    while new:
        above |= new
        new = {up for name in new for up in manifest["parent_map"].get(name, [])} - above
    assert "seed.commerce_kpis.raw_orders" in above
    assert "seed.commerce_kpis.raw_surveys" not in above
    colours = {node["docs"]["node_color"] for name, node in nodes.items() if name in above}
    assert len(colours) == 6 and None not in colours
    assert "</script" not in text[start : start + len(json.dumps(manifest))]


def test_every_link_of_the_overview_leads_to_a_node(page_of_docs):
    manifest = json.loads((target_folder() / "docs" / "manifest.json").read_text("utf-8"))
    nodes = {*manifest["nodes"], *manifest["exposures"]}
    linked = re.findall(r"\(#!/(?:model|exposure)/([\w.]+)\)", OVERVIEW.read_text("utf-8"))
    assert len(linked) > 40
    assert set(linked) <= nodes


def test_a_missing_file_is_one_line(tmp_path):
    done = run_module("docs", "--file", tmp_path / "none.duckdb")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "There is no file" in done.stderr


UNBROKEN = [it for it in references() if not it.is_by_name]


@pytest.mark.parametrize("reference", UNBROKEN, ids=lambda it: f"{it.table}-{it.columns[0]}")
def test_every_line_of_the_data_model_leads_to_a_row(published_file, reference: Reference):
    table = core_tables()[reference.table]
    pairs = [*zip(reference.columns, reference.to_columns, strict=True)]
    joined = " and ".join(f"facts.{own} = others.{other}" for own, other in pairs)
    counts = "facts.is_eligible" if "is_eligible" in table.columns else "true"
    # A name in brackets, such as (no account), stands for none.
    named = f"coalesce(not starts_with(facts.{pairs[0][0]}, '('), false)"
    with duckdb.connect(str(published_file), read_only=True) as connection:
        rows, given, found = connection.execute(
            f"""
            select count(*), count(*) filter (where {named}), count(others.{pairs[0][1]})
            from core.{reference.table} as facts
            left join (
                select distinct {", ".join(reference.to_columns)} from core.{reference.to_table}
            ) as others on {joined}
            where {counts}
            """
        ).fetchone()
    assert found == given > 0
    assert reference.is_optional or given == rows


def test_the_data_model_draws_every_table_once_with_its_columns():
    text = DATA_MODEL.read_text(encoding="utf-8")
    drawn = re.findall(r"^    (\w+) \{$", text, re.MULTILINE)
    assert sorted(drawn) == sorted(core_tables())
    assert len(re.findall(r"^```mermaid$", text, re.MULTILINE)) == len(THEMES) + 1
