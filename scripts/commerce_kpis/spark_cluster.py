"""scripts/spark_cluster: a Spark cluster on this machine, for as long as the command runs."""

from __future__ import annotations

import signal
from pathlib import Path

import click

from commerce_kpis.console import make_console, run_command
from commerce_kpis.own_spark import WORKERS, running_cluster
from commerce_kpis.project import PROJECT


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=PROJECT / "warehouse" / "cluster",
    show_default="warehouse/cluster",
    help="Where its tables and logs are kept.",
)
def main(folder: Path) -> None:
    """Start a Spark cluster on the loopback and keep it until Ctrl-C: a master, two workers, and
    the thrift server that the target `spark` connects to. Prints the variables that lead there.
    """
    console = make_console()
    with running_cluster(folder.resolve()) as variables:
        console.print(f"A master, {WORKERS} workers and the thrift server run. Elsewhere:")
        for name, value in variables.items():
            console.print(f"export {name}={value}", markup=False, soft_wrap=True)
        console.print("Ctrl-C stops them; tables stay.")
        signal.sigwait({signal.SIGINT, signal.SIGTERM})


if __name__ == "__main__":
    run_command(main, "scripts/spark_cluster")
