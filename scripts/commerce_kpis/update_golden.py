"""scripts/update_golden: keep the demo company's totals of the last build as the golden ones."""

from __future__ import annotations

import csv
import difflib
import io

import click
import duckdb

from commerce_kpis.console import UserError, make_console, run_command
from commerce_kpis.profile import build_file
from commerce_kpis.project import PROJECT
from commerce_kpis.sql import first_line

GOLDEN = PROJECT / "seeds" / "golden" / "golden_kpi_totals.csv"
LINES_SHOWN = 60


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--check", is_flag=True, help="Write nothing; show what would change.")
def main(check: bool) -> None:
    """Write seeds/golden/ from the last build of the demo company, and show the difference.

    A changed total is a changed number: it belongs into CHANGELOG.md.
    """
    console = make_console()
    file = build_file()
    if file is None or not file.is_file():
        raise UserError(f"There is no build file {file or ''}: run scripts/build first.")
    try:
        with duckdb.connect(str(file), read_only=True) as connection:
            found = connection.execute("select * from trust.kpi_totals order by all")
            columns = [column[0] for column in found.description]
            rows = found.fetchall()
    except duckdb.Error as error:
        raise UserError(f"Cannot read {file}: {first_line(error)}") from None
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    before = GOLDEN.read_text(encoding="utf-8") if GOLDEN.exists() else ""
    changes = [
        line
        for line in difflib.unified_diff(
            before.splitlines(), text.getvalue().splitlines(), "kept", "built", lineterm="", n=0
        )
        if not line.startswith("@@")
    ]
    for line in changes[:LINES_SHOWN]:
        console.print(line, markup=False)
    if len(changes) > LINES_SHOWN:
        console.print(f"... and {len(changes) - LINES_SHOWN} lines more")
    if not changes:
        console.print("The golden totals are those of the last build.")
    elif not check:
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(text.getvalue(), encoding="utf-8")
        console.print(f"Wrote {GOLDEN}. Write what changed, and why, into CHANGELOG.md.")


if __name__ == "__main__":
    run_command(main, "scripts/update_golden")
