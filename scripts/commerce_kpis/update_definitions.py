"""scripts/update_definitions: record the definitions of the last build of the demo company."""

from __future__ import annotations

import csv
from datetime import datetime, timezone
from pathlib import Path

import click
import duckdb

from commerce_kpis.console import UserError, make_console, run_command
from commerce_kpis.profile import build_file
from commerce_kpis.project import PROJECT
from commerce_kpis.sql import first_line

DEFINITIONS = PROJECT / "seeds" / "definitions" / "kpi_definitions.csv"
COLUMNS = (
    "kpi", "variant", "definition_version", "definition_hash", "changed_on", "what_changed", "why",
)  # fmt: skip
CHANGELOG = PROJECT / "CHANGELOG.md"


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--what", help="What changed in the definitions whose version was raised.")
@click.option("--why", help="Why it changed.")
@click.option(
    "--same-numbers",
    is_flag=True,
    help="The SQL was written in another way and means the same: versions stay.",
)
def main(what: str | None, why: str | None, same_numbers: bool) -> None:
    """Record in seeds/definitions/ the version and hash of every definition, once it changed.

    The last build must be one of the demo company with the shipped parameters. A changed definition
    needs a new `version` in its YAML, and a line in CHANGELOG.md.
    """
    console = make_console()
    known = read_definitions()
    latest = {(row["kpi"], row["variant"]): row for row in known}
    today = datetime.now(timezone.utc).date().isoformat()
    added, problems = [], []
    for kpi, variant, version, digest in _built():
        last = latest.get((kpi, variant))
        if last and (last["definition_version"], last["definition_hash"]) == (str(version), digest):
            continue
        if last is None:
            texts = (what or "first definition", why or "new")
        elif version > int(last["definition_version"]) or same_numbers:
            if not what or not why:
                problems.append(f"{kpi}.{variant}: say --what changed and --why.")
                continue
            texts = (what, why)
        else:
            problems.append(
                f"{kpi}.{variant}: its definition changed, but its version is still {version}. "
                f"Raise `version` in kpi_{kpi}.yml, or use --same-numbers if it means the same."
            )
            continue
        if version > 1 and not same_numbers and not is_in_changelog(kpi, variant):
            problems.append(f"{kpi}.{variant}: version {version} has no line in CHANGELOG.md.")
            continue
        added.append(
            dict(zip(COLUMNS, (kpi, variant, version, digest, today, *texts), strict=True))
        )
    for problem in problems:
        console.print(problem, markup=False)
    if problems:
        raise UserError("Nothing was written: see the lines above.")
    if added:
        write_definitions(known + added)
    console.print(
        f"{len(added)} definitions recorded in {DEFINITIONS.relative_to(PROJECT)}."
        if added
        else "Every definition is recorded as it is."
    )


def read_definitions(file: Path = DEFINITIONS) -> list[dict[str, str]]:
    """The recorded definitions, the earlier versions of each first."""
    if not file.exists():
        return []
    with file.open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def write_definitions(rows: list[dict], file: Path = DEFINITIONS) -> None:
    """Write the definitions, the rows of each together, the earlier first."""
    file.parent.mkdir(exist_ok=True)
    with file.open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(rows, key=lambda row: (row["kpi"], row["variant"])))


def is_in_changelog(kpi: str, variant: str) -> bool:
    """Whether a line of the changelog names the variant and its table."""
    lines = CHANGELOG.read_text(encoding="utf-8").splitlines()
    return any(f"kpi_{kpi}`" in line and f"`{variant}`" in line for line in lines)


def _built() -> list[tuple[str, str, int, str]]:
    """KPI, variant, version and hash of the last build."""
    file = build_file()
    if file is None or not file.is_file():
        raise UserError(f"There is no build file {file or ''}: run scripts/build first.")
    try:
        with duckdb.connect(str(file), read_only=True) as connection:
            return connection.execute(
                "select kpi, variant, definition_version, definition_hash from kpi.kpi_catalog "
                "order by kpi, variant"
            ).fetchall()
    except duckdb.Error as error:
        raise UserError(f"Cannot read {file}: {first_line(error)}") from None


if __name__ == "__main__":
    run_command(main, "scripts/update_definitions")
