"""The files of the semantic layer that are written: metrics as dbt reads them, and their page."""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Iterator
from pathlib import Path

import yaml

from commerce_kpis.display.words import Words
from commerce_kpis.kpi_yaml import kpi_models
from commerce_kpis.project import PROJECT
from commerce_kpis.semantic.metrics import Metric, metrics
from commerce_kpis.semantic.sources import FOLDER, NotExpressed, not_expressed

PAGE = PROJECT / "docs" / "metrics.md"
WIDTH = 100
HEADER = "# Written by scripts/generate_docs from models/semantic and models/marts/kpis.\n"
INTRODUCTION = """\
# Metrics

<!-- Written by scripts/generate_docs from models/semantic and models/marts/kpis. Change those. -->

Metrics of the semantic layer ([semantic_layer.md](semantic_layer.md)), by theme: those that are a
variant of a KPI. What they mean, and their formula, stands on the page of the KPI.
"""
HEAD = "| metric | KPI | type | grains |\n|---|---|---|---|\n"
MISSING = """\
## What cannot be expressed

From `models/semantic/not_expressed.csv`. Ask the KPI table, which has all of them.

| KPI | variant | by | because |
|---|---|---|---|
"""


def semantic_files() -> dict[Path, str]:
    """Path to text of models/semantic/metrics/*.yml and of docs/metrics.md."""
    texts: dict[str, str] = {}
    words = Words((metric.description for metric in metrics()), ("aov", "cac", "mrr", "arr"))
    for metric in sorted(metrics(), key=lambda metric: metric.name):
        texts.setdefault(metric.theme, HEADER + "metrics:\n")
        texts[metric.theme] += "\n".join(_metric(metric, words)) + "\n"
    files = {FOLDER / "metrics" / f"{theme}.yml": text for theme, text in texts.items()}
    return {**files, PAGE: _page()}


def _metric(metric: Metric, words: Words) -> Iterator[str]:
    """The lines of a metric's entry."""
    yield f"  - name: {metric.name}"
    yield f"    label: {words.name(metric.name)}"
    yield from _value("description", metric.description, 4)
    yield f"    type: {metric.kind}"
    yield from _value("type_params", metric.type_params, 4)
    if metric.filter:
        yield from _value("filter", metric.filter, 4)
    meta: dict[str, object] = {}
    if metric.equals:
        meta = {"equals": [".".join(column) for column in metric.equals], "unit": metric.unit}
    if metric.one_month:
        meta["grains"] = ["month"]
    if meta:
        yield from _value("config", {"meta": meta}, 4)


def _value(key: str, value: object, indent: int) -> Iterator[str]:
    """A key with its value: on one line if that is short, else in a block."""
    pad = " " * indent
    flow = yaml.dump(value, default_flow_style=True, sort_keys=False, width=float("inf"))
    line = f"{pad}{key}: {flow.removesuffix(chr(10) + '...' + chr(10)).strip()}"
    if len(line) <= WIDTH and key != "description":
        yield line
    elif isinstance(value, str):
        yield f"{pad}{key}: >-"
        yield from textwrap.wrap(
            value,
            WIDTH,
            initial_indent=pad + "  ",
            subsequent_indent=pad + "  ",
            break_on_hyphens=False,
            break_long_words=False,
        )
    else:
        yield f"{pad}{key}:"
        if isinstance(value, dict):
            for name, inner in value.items():
                yield from _value(name, inner, indent + 2)
        for inner in value if isinstance(value, list) else ():
            if isinstance(inner, dict):
                lines = (_value(name, one, indent + 4) for name, one in inner.items())
                first, *others = itertools.chain.from_iterable(lines)
                yield f"{pad}  - {first.lstrip()}"
                yield from others
            else:
                yield f"{pad}  - {inner}"


def _page() -> str:
    """docs/metrics.md."""
    page = INTRODUCTION
    themes = list(dict.fromkeys(kpi.theme for kpi in kpi_models()))
    variants = {(kpi.name, name) for kpi in kpi_models() for name in kpi.meta["variants"]}
    for theme in sorted(themes):
        page += f"\n## {theme.capitalize()}\n\n{HEAD}"
        for metric in sorted(metrics(), key=lambda metric: metric.name):
            own = [table for table, name in metric.equals if (table, name) in variants]
            if metric.theme == theme and own:
                grains = "month" if "= 1 then" in metric.type_params.get("expr", "") else "any"
                page += f"| `{metric.name}` | `{own[0]}` | {metric.kind} | {grains} |\n"
    page += "\n" + MISSING
    groups: dict[tuple[str, str, str], list[NotExpressed]] = {}
    for row in not_expressed():
        groups.setdefault((row.kpi, row.dimension, row.reason), []).append(row)
    for (kpi, dimension, reason), rows in groups.items():
        names = ", ".join(f"`{row.variant}`" if row.variant else "all" for row in rows)
        by = f"`{dimension}`" if dimension else "all"
        page += f"| `{kpi}` | {names} | {by} | {reason} |\n"
    return page
