"""Write what repeats the YAML of the models for readers.

From models/landing/*.yml and dbt_project.yml: docs/landing_contract.md, the YAML of the sources and
that of the staging models. From models/marts/kpis/: docs/kpis/ and the list of KPI tables in
models/overview.md; with models/semantic/ the metrics of the semantic layer. From
models/marts/core/: docs/data_model.md.

`--check` writes nothing and exits 1 if a file is stale.
"""

from __future__ import annotations

import textwrap

import click
import yaml

from commerce_kpis.console import UserError, run_command
from commerce_kpis.data_model_page import DATA_MODEL, data_model_page
from commerce_kpis.kpi_pages import kpi_pages
from commerce_kpis.overview_page import OVERVIEW, overview_page
from commerce_kpis.project import PROJECT
from commerce_kpis.semantic.files import semantic_files

CONTRACT_PAGE = PROJECT / "docs" / "landing_contract.md"
KPI_PAGES = PROJECT / "docs" / "kpis"
SOURCES = PROJECT / "models" / "landing" / "_landing__sources.yml"
STAGING = PROJECT / "models" / "staging" / "contract"
SQL_TYPES = {
    "text": "varchar",
    "integer": "bigint",
    "decimal": "decimal(18,4)",
    "rate": "decimal(18,8)",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamp",
}
NEEDS = {
    "key": "key",
    "optional_key": "optional, part of the key",
    "required": "required",
    "optional": "optional",
}

INTRODUCTION = """\
# The landing contract

<!-- Written by scripts/generate_docs from models/landing/*.yml. Change that, not this. -->

These are the raw tables that the project reads. Deliver those you have: `companies`, `orders` and
`order_lines` are required, all others are optional, and a KPI whose table or column was not
delivered says `missing_source` instead of 0. A missing required table or column stops the build
before any model runs.

## Three ways in

The variable `landing` in `dbt_project.yml` is the switch; `--vars` sets it for one run.

| `landing` | raw tables come from | set |
|---|---|---|
| `seeds` | the demo company in `seeds/raw/` | nothing |
| `files` | a folder of CSV or Parquet files | `landing_path` |
| `schema` | a schema that a loader filled | `landing_schema`, `landing_database` |

- **`files`**: a table is one file named after it (`orders.csv`, `orders.csv.gz`, `orders.parquet`)
  or a folder named after it with any number of such files (`orders/2025-06.csv`), whose columns are
  matched by name. `landing_path` is absolute, or relative to the project. A file for a table that
  the contract does not know stops the build; names that start with `.` or `_` are ignored. A file
  that changes while a build reads it fails the build.
- **CSV**: UTF-8 (with or without a byte order mark), or Latin-1 in all files with
  `landing_encoding: latin-1`; a header line, `,` between values (`landing_delimiter` changes it),
  `"` around values that hold a delimiter, a quote (doubled) or a line end; lines end the same way
  throughout a file. Every value is read as text, so nothing is guessed. Windows-1252, the Latin-1
  with a euro sign, is neither: write it as UTF-8.
- **`schema`**: tables or views named after the raw tables, in this DuckDB file
  (`landing_database: null`) or in a database that `profiles.yml` attaches. Columns may be text or
  typed. The project never writes to that schema, and refuses one that it builds into itself.

## Rules for every table

- Column names are read without regard to case; the order does not matter. A column that the
  contract does not know is kept in `raw_row` only.
- White space around a value is dropped; an empty value is a missing one and takes the default.
- **text**: as written. **integer**: `17850` or `17850.0`. **decimal**: money or quantity,
  `1234.5678` with a point, or with an exponent (`1.2e3`), up to four places (more are rounded half
  up), below 1,000,000,000,000. **rate**: the same with up to eight places. **boolean**: `true`,
  `false`, `1`, `0`, in any case. **date**: `2025-06-30`; of a moment the day as it is written.
  **timestamp**: `2025-06-30 14:05:00`, with `T` or a blank, with or without seconds; an offset
  after them (`Z`, ` UTC`, `+02:00`, up to 14 hours) is converted, a moment without one is UTC, and
  what is finer than a microsecond is cut off.
- Money is in the row's currency. Amounts are positive unless the text says otherwise.
- A pair of dates or moments is half-open: the end is the first one outside.
- **Key**: one row counts per source and key. Of several the newest `source_updated_at` counts, then
  the newest `loaded_at`, then the smallest row hash; the others are superseded.

A row that breaks a rule is rejected: it is kept as delivered, with its reason, in
`trust.dq_rejected_rows` and counts nowhere else. More rejections than the variable
`rejection_threshold` allows fail the build. `trust.dq_rules` lists all rules with what they caught.
The reasons of every table are:

| reason | the row |
|---|---|
| `unparsable_<column>` | holds a value that is not of the column's type |
| `missing_<column>` | has nothing in a key or required column |
| `unknown_<column>` | holds a value that is not one of the accepted ones |
| `invalid_<column>` | holds a value of another form: a currency that is not three letters |
| `invalid_source_name` | names a source `person`, `guest` or `contact`, or one with a colon |
| `implausible_date` | happens outside `earliest_plausible_date` and `latest_plausible_date` |
| `implausible_loaded_at` | was loaded outside these dates, and would move the data's clock |
| `future_event` | happens at a moment more than 24 hours after it was loaded; a day may lie ahead |
| `implausible_<column>` | holds an amount or a number of 1,000,000,000,000 or more |
| `implausible_<column>` | has a part that is dated before `earliest_plausible_date` |

A superseded row is an `exact_duplicate`, a `superseded_version` or, where two rows are equally new
and differ, a `conflicting_version`.

## Columns that every table may carry

| column | type | default | meaning |
|---|---|---|---|
"""


def flat(text: str) -> str:
    """Text on one line, safe inside a table cell."""
    return " ".join(text.split()).replace("|", "\\|")


SOURCE = """\
# Written by scripts/generate_docs from models/landing. Change that, not this.
sources:
  - name: landing
    description: >-
      Raw tables that a loader wrote, read when the variable `landing` is `schema`, or the files of
      a folder, when it is `files`. Nothing here ever writes to them. Their columns:
      docs/landing_contract.md.
    database: "{{ var('landing_database', none) or target.database | default('', true) }}"
    schema: "{{ var('landing_schema', 'raw') }}"
    config:
      enabled: "{{ var('landing', 'seeds') != 'seeds' }}"
      # By the data's clock; see macros/contract/collect_freshness.sql.
      loaded_at_field: loaded_at
      freshness:
        warn_after: {count: 3, period: day}
        error_after: {count: 14, period: day}
    tables:"""


def read_contract() -> tuple[dict[str, dict], dict[str, dict]]:
    """The common columns (name to meta) and the tables (name to their landing model)."""
    project = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    common = project["models"]["commerce_kpis"]["landing"]["+meta"]["common_columns"]
    tables = {}
    for path in sorted((PROJECT / "models" / "landing").glob("landing__*.yml")):
        model = yaml.safe_load(path.read_text(encoding="utf-8"))["models"][0]
        tables[model["config"]["meta"]["table"]] = model
    return common, tables


def describe_column(column: dict) -> str:
    """The column's text with its accepted values."""
    meta = column["config"]["meta"]
    text = flat(column["description"])
    if "accepted" in meta:
        text += " One of " + ", ".join(f"`{value}`" for value in meta["accepted"]) + "."
    return text


def table_section(name: str, model: dict) -> str:
    """The part of the page about one raw table."""
    meta = model["config"]["meta"]
    columns = {column["name"]: column["config"]["meta"] for column in model["columns"]}
    keys = [key for key, column in columns.items() if column["need"] in ("key", "optional_key")]
    lines = [
        f"### {name}",
        "",
        ("Required. " if meta["is_required"] else "Optional. ") + flat(model["description"]),
        "",
        f"- **Key**: {', '.join(f'`{key}`' for key in keys)} (with `source_name`).",
        f"- **Needed by**: {', '.join(meta['used_by'])}.",
    ]
    if meta.get("event"):
        lines.append(f"- **Dated by**: `{meta['event']}`.")
    if meta.get("also_dated_by"):
        names = ", ".join(f"`{name}`" for name in meta["also_dated_by"])
        lines.append(f"- **Parts of it dated by**: {names}.")
    lines += ["", "| column | type | | default | meaning |", "|---|---|---|---|---|"]
    for column in model["columns"]:
        own = column["config"]["meta"]
        default = f"`{own['default']}`" if "default" in own else ""
        lines.append(
            f"| `{column['name']}` | {own['type']} | {NEEDS[own['need']]} | {default} "
            f"| {describe_column(column)} |"
        )
    if meta.get("rules"):
        lines += ["", "Rejected as:", ""]
        lines += [f"- `{rule['reason']}`: {flat(rule['text'])}" for rule in meta["rules"]]
    return "\n".join(lines) + "\n"


def contract_page(common: dict[str, dict], tables: dict[str, dict]) -> str:
    """docs/landing_contract.md."""
    page = INTRODUCTION
    for name, meta in common.items():
        default = f"`{meta['default']}`" if "default" in meta else ""
        page += f"| `{name}` | {meta['type']} | {default} | {flat(meta['description'])} |\n"
    page += "\n## The tables\n\n| table | | one row per | needed by |\n|---|---|---|---|\n"
    ordered = sorted(tables, key=lambda name: not tables[name]["config"]["meta"]["is_required"])
    for name in ordered:
        meta = tables[name]["config"]["meta"]
        grain = flat(tables[name]["description"]).removeprefix("One row per ").split(". ")[0]
        page += (
            f"| [{name}](#{name}) | {'required' if meta['is_required'] else 'optional'} "
            f"| {grain.rstrip('.')} | {', '.join(meta['used_by'])} |\n"
        )
    return page + "\n" + "\n".join(table_section(name, tables[name]) for name in ordered)


def folded(text: str, indent: int) -> list[str]:
    """Text as the lines of a folded YAML block."""
    pad = " " * indent
    return textwrap.wrap(
        flat(text), 100, initial_indent=pad, subsequent_indent=pad, break_on_hyphens=False
    )


def sources_yaml(tables: dict[str, dict]) -> str:
    """The YAML of the raw tables as dbt's sources. A table without events of its own changes when
    it does: only the others can be stale."""
    lines = [SOURCE]
    for name, model in tables.items():
        lines += [
            f"      - name: {name}",
            "        description: >-",
            *folded(model["description"], 10),
        ]
        if not model["config"]["meta"].get("event"):
            lines.append("        config: {freshness: null}")
    return "\n".join(lines) + "\n"


def staging_yaml(name: str, model: dict, common: dict[str, dict]) -> str:
    """The YAML of a table's staging model: its columns as the contract describes them."""
    columns = {column["name"]: column["config"]["meta"] for column in model["columns"]}
    keys = [key for key, column in columns.items() if column["need"] in ("key", "optional_key")]
    if not any(key.endswith("_id") and columns[key]["need"] == "key" for key in keys):
        keys.insert(0, "source_name")
    unique = keys[0] if len(keys) == 1 else f"[{', '.join(keys)}]"
    grain = flat(model["description"])
    lines = [
        "# Written by scripts/generate_docs from models/landing. Change that, not this.",
        "models:",
        f"  - name: stg_contract__{name}",
        "    description: >-",
        *folded(
            f"{grain.rstrip('.')}. Accepted rows only, soft-deleted ones included (`is_deleted`). "
            "Every id carries its source, so that two sources never meet.",
            6,
        ),
        "    data_tests:",
        "      - rules_hold:",
        f"          name: rules_hold_stg_contract__{name}",
        f"          arguments: {{unique: [{unique}]}}",
        "    columns:",
    ]
    described = [
        (column["name"], column["config"]["meta"]["type"], describe_column(column))
        for column in model["columns"]
    ]
    described += [(key, meta["type"], meta["description"]) for key, meta in common.items()]
    described.append(("row_hash", "text", "md5 of the trimmed text of the contract columns."))
    for column, contract_type, text in described:
        lines += [
            f"      - name: {column}",
            f"        data_type: {SQL_TYPES[contract_type]}",
            "        description: >-",
            *folded(text, 10),
        ]
    return "\n".join(lines) + "\n"


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if a file is stale.")
def main(check: bool) -> None:
    """Write docs/landing_contract.md, docs/data_model.md, docs/kpis/, docs/metrics.md, the list of
    KPI tables in models/overview.md, and YAML that repeats YAML."""
    common, tables = read_contract()
    files = {
        CONTRACT_PAGE: contract_page(common, tables),
        SOURCES: sources_yaml(tables),
        DATA_MODEL: data_model_page(),
        OVERVIEW: overview_page(),
    }
    files |= {KPI_PAGES / name: text for name, text in kpi_pages().items()}
    files |= semantic_files()
    for name, model in tables.items():
        files[STAGING / f"stg_contract__{name}.yml"] = staging_yaml(name, model, common)
    stale = []
    for path, text in files.items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(path.relative_to(PROJECT).as_posix())
            if not check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
    if check and stale:
        raise UserError(
            f"Stale: {', '.join(stale)}. Run scripts/generate_docs and commit the result."
        )


if __name__ == "__main__":
    run_command(main, "scripts/generate_docs")
