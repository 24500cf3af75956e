"""scripts/mf: MetricFlow's own command over a published file, which stays open to other readers."""

from __future__ import annotations

import os
from pathlib import Path

import click

from commerce_kpis.console import UserError, run_command
from commerce_kpis.dbt_run import parse_project
from commerce_kpis.project import PUBLISHED_FILE, target_folder
from commerce_kpis.semantic.workspace import environment_of, make_workspace, newest_source


@click.command(
    context_settings={"help_option_names": ["-h", "--help"], "allow_interspersed_args": False},
)
@click.option("--file", type=Path, default=PUBLISHED_FILE, help="Published file to ask.")
@click.argument("arguments", nargs=-1, required=True, type=click.UNPROCESSED)
def main(file: Path, arguments: tuple[str, ...]) -> None:
    """Run MetricFlow's command `mf` with ARGUMENTS, such as `query` or `list metrics`."""
    if not file.is_file():
        raise UserError(f"{file} is not there: run scripts/build, or name a file with --file.")
    try:
        from dbt_metricflow.cli import main as metricflow
    except ImportError:
        raise UserError(
            "MetricFlow is not installed: pip install -r requirements-test.lock, or use scripts/mf."
        ) from None
    manifest = target_folder() / "semantic_manifest.json"
    if not manifest.exists() or manifest.stat().st_mtime < newest_source():
        parse_project()
    folder = make_workspace(target_folder() / "semantic", manifest, file)
    os.environ |= environment_of(folder)
    # It would ask the internet for a newer version of itself.
    metricflow.UpdateChecker.check = lambda *_: None
    metricflow.cli(list(arguments), prog_name="scripts/mf")


if __name__ == "__main__":
    run_command(main, "scripts/mf")
