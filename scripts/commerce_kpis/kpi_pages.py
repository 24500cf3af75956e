"""The pages about the KPIs, docs/kpis/: what the YAML of the KPI models says, for readers."""

from __future__ import annotations

import yaml

from commerce_kpis.kpi_yaml import KpiModel, kpi_models
from commerce_kpis.project import PROJECT

THEMES = {
    "sales": "Sales",
    "traffic": "Traffic",
    "leads": "Leads",
    "acquisition": "Acquisition",
    "customers": "Customers",
    "recurring": "Recurring revenue",
    "satisfaction": "Satisfaction",
    "plans": "Plans",
}
REQUIRED_TABLES = ("companies", "orders", "order_lines")
WRITTEN = (
    "<!-- Written by scripts/generate_docs from models/marts/kpis/: change that, not this. -->"
)
INTRODUCTION = f"""\
# The KPIs

{WRITTEN}

Every KPI table, its variants, and the worked example of each, which is also a unit test. The same
texts stand in the table `kpi_catalog`. Fractions run from 0 to 1 in the tables; the examples write
them in percent. Money is in the reporting currency. A variant with an interval has the ends of its
95 % interval in `kpi_values`. S0 to S4 are five public articles that asked for the numbers
([DECISIONS.md](../../DECISIONS.md), "Who are S0 to S4?").
"""
ADDS_UP = {
    ("additive", "additive"): "over members and time",
    ("additive", "distinct"): "over members",
    ("additive", "snapshot"): "over members",
    ("distinct", "additive"): "over time",
    ("partial", "additive"): "over time",
    ("none", "additive"): "over time",
}


def kpi_pages() -> dict[str, str]:
    """File name to text: README.md lists all KPI tables, and each theme has a page."""
    parameters = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
    pages = {"README.md": INTRODUCTION}
    for theme, title in THEMES.items():
        models = [model for model in kpi_models() if model.theme == theme]
        if not models:
            continue
        pages["README.md"] += (
            f"\n## {title}\n\n| table | KPI | the default says |\n|---|---|---|\n"
            + "".join(_contents_row(model) for model in models)
        )
        pages[f"{theme}.md"] = f"# {title}\n\n{WRITTEN}\n" + "".join(
            _section(model, parameters) for model in models
        )
    return pages


def _contents_row(model: KpiModel) -> str:
    default = _default(model)
    return (
        f"| [{model.name}]({model.theme}.md#{model.name}) | {model.meta['kpi']['code']} "
        f"{_flat(model.meta['kpi']['title'])} | {_flat(model.columns[default])} |\n"
    )


def _section(model: KpiModel, parameters: dict) -> str:
    meta = model.meta
    sparse = [name for name, settings in meta["dimensions"].items() if settings.get("is_sparse")]
    lines = [
        "",
        f"## {model.name}",
        "",
        f"**{meta['kpi']['code']} {_flat(meta['kpi']['title'])}**. {_flat(model.description)}",
        "",
        f"- **Owner**: {meta['kpi']['owner']}. **Priority**: {meta['kpi']['priority']}.",
        f"- **Grains**: {', '.join(meta['grains'])}.",
        f"- **Dimensions**: {', '.join(['total', *meta['dimensions']])}."
        + (f" Empty cells are left out for {', '.join(sparse)}." if sparse else ""),
        "",
        "| part | unit | adds up | meaning |",
        "|---|---|---|---|",
    ]
    for name, part in meta["parts"].items():
        adds_up = ADDS_UP.get((part["over_members"], part["over_time"]), "")
        lines.append(f"| `{name}` | {part['unit']} | {adds_up} | {_flat(model.columns[name])} |")
    lines += ["", "| variant | formula | unit | good | interval | worked example |"]
    lines += ["|---|---|---|---|---|---|"]
    for name, variant in meta["variants"].items():
        interval = variant.get("interval", "none")
        method = interval["method"] if isinstance(interval, dict) else interval
        lines.append(
            f"| {f'**`{name}`**' if name == _default(model) else f'`{name}`'} "
            f"| {_flat(variant['formula'])} | {variant['unit']} | {variant['direction']} "
            f"| {'' if method == 'none' else method} | {_flat(variant['example'])} |"
        )
    lines.append("")
    lines += [f"- `{name}`: {_details(model, name, parameters)}" for name in meta["variants"]]
    return "\n".join(lines) + "\n"


def _details(model: KpiModel, name: str, parameters: dict) -> str:
    """Meaning, source, needs and parameters of a variant."""
    variant = model.meta["variants"][name]
    source = _flat(variant["source"]).rstrip(".")
    text = f"{_flat(model.columns[name])} {source[:1].upper()}{source[1:]}."
    needs = [need for need in variant.get("needs", []) if need not in REQUIRED_TABLES]
    if needs:
        text += " Needs " + ", ".join(f"`{need}`".replace("|", "` or `") for need in needs) + "."
    named = [
        f"`{parameter}` = {parameters[parameter]}" for parameter in variant.get("parameters", [])
    ]
    if named:
        text += f" Parameters: {', '.join(named)}."
    return text


def _default(model: KpiModel) -> str:
    return next(
        name for name, variant in model.meta["variants"].items() if variant.get("is_default")
    )


def _flat(text: str) -> str:
    """Text on one line, safe inside a table cell."""
    return " ".join(text.split()).replace("|", "\\|")
