"""Write the macros that repeat what the YAML says, for the moments when dbt cannot read it.

dbt's graph is empty while it parses and inside unit tests, so some lists are kept as macros: the
landing contract (from models/landing/*.yml), the KPI models (from models/marts/kpis/), the models
that reject rows by rules across tables, the facts that keep every row of a raw table, and the
schemas that builds write to.
`--check` writes nothing and exits 1 if a file is stale.
"""

from __future__ import annotations

import json
import re

import click
import yaml

from commerce_kpis.console import UserError, run_command
from commerce_kpis.project import PLANS, PROJECT, VIEW_SCHEMA

GENERATED = PROJECT / "macros" / "generated"
FORMER_VERSION = re.compile(r"_v\d+$")
HEADER = "{#- Written by scripts/generate_macros from {source}. Change that, not this. -#}\n"


def landing_contract() -> dict[str, dict]:
    """Table name to its dates, money, rules and columns, in the order of the contract."""
    common = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))["models"][
        "commerce_kpis"
    ]["landing"]["+meta"]["common_columns"]
    contract = {}
    for path in sorted((PROJECT / "models" / "landing").glob("landing__*.yml")):
        model = yaml.safe_load(path.read_text(encoding="utf-8"))["models"][0]
        table = model["config"]["meta"]
        columns = {column["name"]: column["config"]["meta"] for column in model["columns"]}
        contract[table["table"]] = {
            "is_required": table["is_required"],
            "event": table.get("event"),
            "also_dated_by": table.get("also_dated_by", []),
            "money": table.get("money"),
            "rules": [
                {"reason": rule["reason"], "when": rule["when"].strip()}
                for rule in table.get("rules", [])
            ],
            "columns": columns,
            "common": {
                name: {
                    "type": meta["type"],
                    "need": "optional",
                    **({"default": meta["default"]} if "default" in meta else {}),
                }
                for name, meta in common.items()
            },
        }
    return contract


def kpi_models() -> list[str]:
    """Names of the KPI models: every `kpi_*.sql` in a theme of models/marts/kpis/, but for former
    versions (`kpi_*_v1.sql`)."""
    found = (PROJECT / "models/marts/kpis").glob("*/kpi_*.sql")
    return sorted(
        path.stem
        for path in found
        if path.parent.name != PLANS and not FORMER_VERSION.search(path.stem)
    )


def checked_models() -> list[dict]:
    """Models that reject rows by rules across tables: model, table, raw_table and reasons.

    They say so themselves: `config.meta.rejects` in their YAML. Links between the rows of a raw
    table are a table of their own.
    """
    checked = []
    for path in sorted((PROJECT / "models/intermediate/checked").glob("int_*__checked.yml")):
        model = yaml.safe_load(path.read_text(encoding="utf-8"))["models"][0]
        rejects = model["config"]["meta"]["rejects"]
        checked.append(
            {
                "model": model["name"],
                "table": rejects.get("links", rejects["table"]),
                "raw_table": rejects["table"],
                "reasons": rejects["reasons"],
            }
        )
    return checked


def conserving_facts() -> list[dict[str, str]]:
    """Facts that keep every accepted row of a raw table: fact, table, key and an optional filter.

    They say so themselves: `config.meta.conserves` in their YAML.
    """
    facts = []
    for path in sorted((PROJECT / "models/marts/core").glob("fct_*.yml")):
        model = yaml.safe_load(path.read_text(encoding="utf-8"))["models"][0]
        for kept in model.get("config", {}).get("meta", {}).get("conserves", []):
            facts.append({"fact": model["name"], **kept})
    return facts


def built_schemas() -> list[str]:
    """The schemas that a build writes to: each `+schema` of dbt_project.yml, and the BI views'."""
    project = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    found = {VIEW_SCHEMA}

    def collect(folder: dict) -> None:
        for key, value in folder.items():
            if key == "+schema":
                found.add(value)
            elif isinstance(value, dict):
                collect(value)

    collect({"models": project["models"], "seeds": project["seeds"]})
    return sorted(found)


def jinja_macro(name: str, value: object, source: str) -> str:
    """A macro that returns one constant."""
    literal = json.dumps(value, indent=1, ensure_ascii=False)
    literal = literal.replace(": true", ": True").replace(": false", ": False")
    literal = literal.replace(": null", ": None")
    return (
        HEADER.replace("{source}", source)
        + f"{{% macro {name}() %}}\n    {{{{ return({literal}) }}}}\n{{% endmacro %}}\n"
    )


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if a file is stale.")
def main(check: bool) -> None:
    """Write macros/generated/*.sql."""
    files = {
        "landing_contract": jinja_macro(
            "landing_contract", landing_contract(), "models/landing/*.yml"
        ),
        "kpi_models": jinja_macro("kpi_models", kpi_models(), "models/marts/kpis/"),
        "checked_models": jinja_macro(
            "checked_models", checked_models(), "models/intermediate/checked/*.yml"
        ),
        "built_schemas": jinja_macro("built_schemas", built_schemas(), "dbt_project.yml"),
        "conserving_facts": jinja_macro(
            "conserving_facts", conserving_facts(), "models/marts/core/*.yml"
        ),
    }
    stale = []
    for name, text in files.items():
        path = GENERATED / f"{name}.sql"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(path.relative_to(PROJECT).as_posix())
            if not check:
                GENERATED.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
    if check and stale:
        raise UserError(
            f"Stale: {', '.join(stale)}. Run scripts/generate_macros and commit the result."
        )


if __name__ == "__main__":
    run_command(main, "scripts/generate_macros")
