"""Run the floor: every SQL file of floor/, in order, in this process.

    python -m benchmarking.floor_run --data DIR --file FILE
"""

from __future__ import annotations

import json
import time
from pathlib import Path

import click
import duckdb
from commerce_kpis.console import run_command
from commerce_kpis.project import PROJECT
from commerce_kpis.sql import text

from benchmarking.floor_staging import stage
from benchmarking.floor_values import write_values

FLOOR = Path(__file__).resolve().parent / "floor"


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--data", type=Path, required=True)
@click.option("--file", type=Path, required=True)
@click.option("--threads", type=int, default=2)
@click.option("--memory-limit")
@click.option("--temp", type=Path)
def main(data: Path, file: Path, threads: int, memory_limit: str | None, temp: Path | None) -> None:
    run_floor(data, file, threads, memory_limit, temp)


def run_floor(data, file, threads=2, memory_limit=None, temp=None):
    file.unlink(missing_ok=True)
    con = duckdb.connect(str(file))
    con.execute(f"set threads = {threads}; set preserve_insertion_order = false; set TimeZone = 'UTC'")
    if memory_limit: con.execute(f"set memory_limit = '{memory_limit}'")
    if temp: con.execute(f"set temp_directory = '{temp}'")
    steps = sorted(FLOOR.glob("*.sql"))
    seconds = {}
    t=time.monotonic()
    con.execute("create schema config")
    for seed in sorted((PROJECT / "seeds" / "config").glob("*.csv")):
        con.execute(f"create table config.{seed.stem} as from read_csv({text(seed)}, header = true)")
    stage(con, data, "\n".join(s.read_text() for s in steps))
    seconds["staging"]=time.monotonic()-t
    for s in steps:
        t=time.monotonic()
        con.execute(s.read_text())
        seconds[s.stem]=time.monotonic()-t
        print(s.stem, round(seconds[s.stem],2), flush=True)
    t=time.monotonic(); write_values(con); seconds["values"]=time.monotonic()-t
    con.close()
    print(json.dumps(seconds))
    return seconds

if __name__ == "__main__":
    run_command(main, "floor")
