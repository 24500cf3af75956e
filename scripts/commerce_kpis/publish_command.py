"""scripts/publish: publish the build file that scripts/build or a plain `dbt build` left."""

from __future__ import annotations

from pathlib import Path

import click

from commerce_kpis.console import UserError, make_console, run_command
from commerce_kpis.locks import locked
from commerce_kpis.profile import build_file
from commerce_kpis.project import PUBLISHED_FILE
from commerce_kpis.publish import check_target, publish


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--out", type=Path, default=PUBLISHED_FILE, help="File to publish to.")
@click.option("--wait", is_flag=True, help="Wait for a build that is running.")
def main(out: Path, wait: bool) -> None:
    """Publish the last build, if it was whole and everything in it passed."""
    file = build_file()
    if file is None:
        raise UserError(
            "The target of profiles.yml is no DuckDB file: there is nothing to publish."
        )
    out = out.absolute()
    check_target(out, file)
    with locked([file.parent, out.parent], wait=wait, command="scripts/publish"):
        published = publish(file, out)
    make_console().print(str(published), markup=False)


if __name__ == "__main__":
    run_command(main, "scripts/publish")
