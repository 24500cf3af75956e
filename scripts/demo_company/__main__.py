"""Write the demo company's raw tables: as CSV files, or many times over as Parquet."""

from __future__ import annotations

from pathlib import Path

import click
from scaled_company.command import generate

from demo_company.build import build_company
from demo_company.writer import write_all

SEED = 20260701
SEEDS = Path(__file__).resolve().parent.parent.parent / "seeds" / "raw"


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for raw_<table>.csv, planted.csv beside it; or for <table>/*.parquet."
    "  [default: seeds/raw]",
)
@click.option("--seed", type=int, help=f"Start of the random draws.  [default: {SEED}]")
@click.option(
    "--every-rule",
    is_flag=True,
    help="Break every rule in every column too, which is more than the threshold allows.",
)
@click.option(
    "--scale",
    type=click.FloatRange(0.01, 100),
    help="Write Parquet instead: about 100,000 orders, 300,000 visits and a million page views"
    " for each unit.",
)
@click.option(
    "--days",
    type=click.IntRange(min=1),
    help="Append that many further days to a folder that was written with --scale.",
)
def main(
    out: Path | None, seed: int | None, every_rule: bool, scale: float | None, days: int | None
) -> None:
    """Write the raw tables of the demo company, and a count of the dirt planted in them.

    With --scale, write them many times over, for tests of speed.
    """
    if scale is None and days is None:
        write_demo(out or SEEDS, SEED if seed is None else seed, every_rule)
        return
    if out is None:
        raise click.UsageError("--scale and --days need --out: the folder for the Parquet files.")
    if every_rule:
        raise click.UsageError("--every-rule is for the CSV files: leave out --scale and --days.")
    if scale is None and seed is not None:
        raise click.UsageError("--days goes on with the folder's own seed: leave out --seed.")
    try:
        generate(out, scale, days or 0, SEED if seed is None else seed)
    except OSError as error:
        raise click.ClickException(f"{out}: cannot write the files: {error.strerror}") from error


def write_demo(out: Path, seed: int, every_rule: bool) -> None:
    """Write the CSV files of the demo company."""
    try:
        world = build_company(seed, every_rule)
        size = write_all(world, out)
    except OSError as error:
        raise click.ClickException(f"{out}: cannot write the files: {error.strerror}") from error
    rows = sum(len(table) for table in world.tables.values())
    click.echo(f"{len(world.tables)} tables, {rows:,} rows, {size / 1e6:.2f} MB in {out}")


if __name__ == "__main__":
    main(prog_name="scripts/generate_data")
