"""scripts/publish: publish the build that scripts/build or a plain `dbt build` left."""

from __future__ import annotations

from pathlib import Path

import click

from commerce_kpis.console import UserError, make_console, run_command
from commerce_kpis.finished_builds import FileBuild
from commerce_kpis.locks import locked
from commerce_kpis.profile import build_of_target, target_option
from commerce_kpis.project import PUBLISHED_FILE
from commerce_kpis.publish import check_target, publish


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--out", type=Path, default=PUBLISHED_FILE, help="File to publish to.")
@click.option("--wait", is_flag=True, help="Wait for a build that is running.")
@target_option
def main(out: Path, wait: bool) -> None:
    """Publish the last build, if it was whole and everything in it passed."""
    build = build_of_target()
    if build is None:
        raise UserError(
            "The target of profiles.yml is no DuckDB file and no lake: there is nothing to publish."
        )
    out = out.absolute()
    if out == PUBLISHED_FILE:
        out.parent.mkdir(exist_ok=True)
    file = build.file if isinstance(build, FileBuild) else None
    check_target(out, file)
    folders = [out.parent, *([file.parent] if file else [])]
    with locked(folders, wait=wait, command="scripts/publish"):
        published = publish(build, out)
    make_console().print(str(published), markup=False)


if __name__ == "__main__":
    run_command(main, "scripts/publish")
