"""What the documents say can be done: links lead somewhere, commands and queries run."""

from __future__ import annotations

import ast
import importlib.util
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import duckdb
import pytest
import yaml
from conftest import PROJECT, build_environment, run_module

DOCS = PROJECT / "docs"
PAGES = sorted([*PROJECT.glob("*.md"), *DOCS.rglob("*.md")])
NAMES = [page.relative_to(PROJECT).as_posix() for page in PAGES]
SCHEDULE = DOCS / "how_to" / "schedule.md"
LINK = re.compile(r"\[[^\]\n]*\]\((?P<target>[^)\s]+)\)")
FENCE = re.compile(r"^```(?P<language>\w*)\n(?P<text>.*?)^```", re.DOTALL | re.MULTILINE)
COMMAND = re.compile(r"(?<![\w/])scripts/(?P<name>[a-z_]+)(?P<rest>[^`\n#|>]*)")


def fences(page: Path, *languages: str) -> list[str]:
    """The blocks of a page in these languages."""
    found = FENCE.finditer(page.read_text(encoding="utf-8"))
    return [block["text"] for block in found if block["language"] in languages]


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    found = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in found}


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_link_leads_somewhere(page: Path) -> None:
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    for link in LINK.finditer(text):
        target, _, anchor = link["target"].partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        file = (page.parent / target).resolve() if target else page
        assert file.exists(), f"{page.name} links to {target}, which is not there."
        if anchor:
            assert anchor in anchors(file), f"{file.name} has no heading #{anchor}."


def test_every_page_is_found_from_the_first_one() -> None:
    found, new = set(), {DOCS / "README.md", PROJECT / "README.md"}
    while new:
        found |= new
        links = {
            (page.parent / link["target"].partition("#")[0]).resolve()
            for page in new
            for link in LINK.finditer(page.read_text(encoding="utf-8"))
        }
        new = {file for file in links if file.suffix == ".md" and file.exists()} - found
    assert sorted(set(PAGES) - found) == []


def shown_commands() -> list[tuple[str, str, list[str]]]:
    """Page, command and its arguments, of every `scripts/...` that a page shows."""
    commands = []
    for page, name in zip(PAGES, NAMES, strict=True):
        text = page.read_text(encoding="utf-8")
        spans = [*re.findall(r"`(scripts/[^`\n]+)`", text)]
        spans += [block["text"] for block in FENCE.finditer(text)]
        for span in spans:
            for found in COMMAND.finditer(span.replace("\\\n", " ")):
                try:
                    arguments = shlex.split(found["rest"].split("&&")[0])
                except ValueError:
                    continue
                commands.append((name, found["name"], arguments))
    return commands


def test_every_command_and_option_that_a_page_shows_is_there() -> None:
    commands = shown_commands()
    assert len(commands) > 60
    for page, name, arguments in commands:
        script = PROJECT / "scripts" / name
        assert script.exists(), f"{page}: there is no scripts/{name}."
        options = {it.partition("=")[0] for it in arguments if re.match(r"--[a-z]", it)}
        if script.is_file() and options:
            module = re.search(r"run_module ([\w.]+)", script.read_text(encoding="utf-8"))[1]
            unknown = options - options_of(module) - {"--help"}
            assert not unknown, f"{page}: scripts/{name} has no option {unknown}."


def options_of(module: str) -> set[str]:
    """The options of a command, which stands in a module or in the main one of a package."""
    if importlib.util.find_spec(module).submodule_search_locations:
        module += ".__main__"
    found = importlib.import_module(module)
    (command,) = (it for it in vars(found).values() if isinstance(it, click.Command))
    commands = [command]
    if module == "commerce_kpis.semantic.command":
        # Whose arguments are MetricFlow's own.
        commands.append(importlib.import_module("dbt_metricflow.cli.main").cli)
    for one in commands:
        commands += getattr(one, "commands", {}).values()
    return {option for one in commands for parameter in one.params for option in parameter.opts}


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_query_runs_on_the_published_file(published_file: Path, page: Path) -> None:
    """But those that are no whole query."""
    for text in fences(page, "sql"):
        if not re.match(r"\s*(select|from|with)\b", text) or "{{" in text:
            continue
        with duckdb.connect(str(published_file), read_only=True) as connection:
            for statement in duckdb.extract_statements(text):
                connection.execute(statement)


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_snippet_can_be_read(page: Path) -> None:
    for text in fences(page, "python"):
        ast.parse(text)
    for text in fences(page, "yaml", "yml"):
        yaml.safe_load(text)


def test_the_workflow_has_what_a_workflow_needs() -> None:
    (text,) = fences(SCHEDULE, "yaml")
    # YAML reads the key `on` as true.
    workflow = yaml.safe_load(text)
    assert workflow[True]["schedule"][0]["cron"].split() == ["15", "5", "*", "*", "*"]
    steps = workflow["jobs"]["build"]["steps"]
    assert all(("uses" in step) != ("run" in step) for step in steps)


def test_the_line_for_cron_builds_in_the_environment_of_cron(
    small_project: Path, tmp_path: Path
) -> None:
    """And prints nothing, so that no mail is sent; a build that fails prints its last lines."""
    (text,) = fences(SCHEDULE, "crontab")
    line = next(it for it in text.splitlines() if it[0].isdigit())
    command = " ".join(line.split()[5:])
    # The small project has no raw tables.
    landing = "--landing-path /srv/landing"
    quoted = shlex.quote(str(small_project)).replace("'", '"')
    assert command.count("/srv/commerce-kpis") == 3 and landing in command
    here = command.replace("/srv/commerce-kpis", quoted)
    (small_project / "logs").mkdir()
    stamped = (Path(sys.prefix) / "made_from.txt").exists()
    environment = {
        "HOME": str(tmp_path),
        "PATH": "/usr/bin:/bin",
        **({"KPI_VENV": sys.prefix} if stamped else {}),
    }
    for option, is_built in ((" ", True), (landing, False)):
        done = subprocess.run(
            ["/bin/sh", "-c", here.replace(landing, option)],
            cwd=tmp_path,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stderr == ""
        assert ("Error: " in done.stdout) != is_built, done.stdout
        assert (small_project / "warehouse" / "kpis.duckdb").exists()


def test_the_smallest_delivery_is_enough_for_the_kpis_that_the_page_says(tmp_path: Path) -> None:
    text = (DOCS / "how_to" / "bring_your_own_data.md").read_text(encoding="utf-8")
    files = dict(re.findall(r"^`(\w+\.csv)`\n```csv\n(.*?)^```", text, re.DOTALL | re.MULTILINE))
    assert len(files) == 4
    landing = tmp_path / "landing"
    landing.mkdir()
    for name, rows in files.items():
        (landing / name).write_text(rows, encoding="utf-8")
    done = run_module("check_landing", "--landing-path", landing, **build_environment(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    said = re.search(r"scripts/check_landing .* # (KPIs: .*)", text)[1]
    assert said in done.stdout
