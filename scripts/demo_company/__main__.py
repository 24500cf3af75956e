"""Write the demo company's raw tables as CSV files, the same bytes for the same seed."""

from __future__ import annotations

from pathlib import Path

import click

from demo_company.build import build_company
from demo_company.writer import write_all

SEEDS = Path(__file__).resolve().parent.parent.parent / "seeds" / "raw"


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=SEEDS,
    help="Folder for raw_<table>.csv; planted.csv goes beside it.  [default: seeds/raw]",
)
@click.option(
    "--seed", type=int, default=20260701, show_default=True, help="Start of the random draws."
)
@click.option(
    "--every-rule",
    is_flag=True,
    help="Break every rule in every column too, which is more than the threshold allows.",
)
def main(out: Path, seed: int, every_rule: bool) -> None:
    """Write the raw tables of the demo company, and a count of the dirt planted in them."""
    try:
        world = build_company(seed, every_rule)
        size = write_all(world, out)
    except OSError as error:
        raise click.ClickException(f"{out}: cannot write the files: {error.strerror}") from error
    rows = sum(len(table) for table in world.tables.values())
    click.echo(f"{len(world.tables)} tables, {rows:,} rows, {size / 1e6:.2f} MB in {out}")


if __name__ == "__main__":
    main(prog_name="scripts/generate_data")
