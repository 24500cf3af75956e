"""Break cells of a delivery at random, always the same ones for a seed.

    python tests/python/break_cells.py --share 0.01 --seed 1 orders.parquet broken.parquet
    python tests/python/break_cells.py --share 0.01 --seed 1 landing/ broken/

A file is Parquet or CSV, a folder holds such files. All columns of the copy are text, since a
broken cell is of no type. Headers stay as they are.
"""

from __future__ import annotations

import random
from pathlib import Path

import click
import duckdb

# What may stand in a cell instead; `{}` is what stood there before.
BREAKS = (
    # nothing, or words for it
    *("", " ", "n/a", "#N/A", "NULL", "None", "-"),
    # numbers that are none, and those that are too large, too small or too exact
    *(
        "nan",
        "NaN",
        "inf",
        "-inf",
        "infinity",
        "1e999",
        "1e-999",
        "0x1F",
        "1_000",
        "1,5",
        "1.234,50",
    ),
    *("0", "-0", "-1", "-{}", "{}{}", "0.00000000001", "999999999", "9223372036854775807"),
    *("1000000000000", "-99999999999999", "9" * 40, "EUR 90", "5 %", "٣", "½", "1.2.3"),
    # days and moments that never were, or are not believed
    *("31.02.2025", "2025-02-30", "2025-13-01", "0000-00-00", "0000-00-00 00:00:00", "1970-01-01"),
    *("1899-12-30", "9999-12-31", "2025-06-30T25:61:00", "20250630", "1719999999", "yesterday"),
    # words where a flag or one of a list is asked for
    *("yes", "maybe", "TRUE", "2", "true", "person", "guest", "a:b"),
    # what breaks a line of CSV, a statement, a template, a page or a sheet
    *('"', '""', "'", '"{}', "a;b;c", "a,b", "line\nbreak", "carriage\rreturn"),
    *("tab\tbetween", "back\\slash"),
    *("'; drop table orders; --", "{{ 1 / 0 }}", "%s", "$HOME", "<b>{}</b>", "=1+1"),
    # control characters, encodings, letters that look like others
    *("\x01\x1f\x7f", "\x1b[31m{}", "\ufeff{}", "\u200b{}", "\u00a0{}\u00a0", "\u202e{}"),
    *("MÃ¼ller", "M\ufffdller", "Mu\u0308ller", "Ω≈ç√∫", "😀", "\u0430\u0432\u0441"),
    # more or less of the same
    *(" {} ", "{}x", "x{}", "x" * 5000),
)
READERS = {
    ".parquet": "read_parquet({}, hive_partitioning = false)",
    ".csv": "read_csv({}, header = true, all_varchar = true, delim = ',', quote = '\"', "
    "escape = '\"')",
}
WRITERS = {".parquet": "format parquet", ".csv": "format csv, header true"}


def break_cells(source: Path, target: Path, share: float, seed: int) -> int:
    """Write a broken copy of a Parquet or CSV file; return how many cells were broken.

    Args:
        source: the sound file.
        target: the copy, of the same kind.
        share: of all cells, 0 to 1.
        seed: start of the draws; they depend on it and on the file's name.

    Raises:
        click.ClickException: the file is of another kind.
    """
    reader, writer = READERS.get(source.suffix), WRITERS.get(target.suffix)
    if reader is None or writer is None:
        raise click.ClickException(f"{source}, {target}: these are no Parquet or CSV files.")
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute(
            "create table delivered as select row_number() over () - 1 as row_number, "
            f"columns(*)::varchar from {reader.format(_literal(source))}"
        )
        names = [row[0] for row in connection.execute("describe delivered").fetchall()][1:]
        (rows,) = connection.execute("select count(*) from delivered").fetchone()
        draws = random.Random(f"{seed}/{source.stem}")
        cells = sorted(draws.sample(range(rows * len(names)), round(share * rows * len(names))))
        breaks = [draws.choice(BREAKS) for _ in cells]
        for number, name in enumerate(names):
            chosen = [
                (cell // len(names), text)
                for cell, text in zip(cells, breaks, strict=True)
                if cell % len(names) == number
            ]
            column = '"' + name.replace('"', '""') + '"'
            connection.execute(
                f"update delivered set {column} = replace(broken.text, '{{}}', "
                f"coalesce({column}, '')) from (select unnest($rows) as row_number, "
                "unnest($texts) as text) as broken "
                "where delivered.row_number = broken.row_number",
                {"rows": [row for row, _ in chosen], "texts": [text for _, text in chosen]},
            )
        connection.execute(
            "copy (select * exclude (row_number) from delivered order by row_number) "
            f"to {_literal(target)} ({writer})"
        )
    return len(cells)


def break_delivery(source: Path, target: Path, share: float, seed: int) -> int:
    """The same for a file, or for each file of a folder."""
    if source.is_file():
        return break_cells(source, target, share, seed)
    target.mkdir(parents=True, exist_ok=True)
    files = sorted(file for file in source.iterdir() if file.suffix in READERS)
    return sum(break_cells(file, target / file.name, share, seed) for file in files)


def _literal(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.argument("target", type=click.Path(path_type=Path))
@click.option(
    "--share", type=click.FloatRange(0, 1), default=0.01, show_default=True, help="Of all cells."
)
@click.option("--seed", type=int, default=1, show_default=True, help="Start of the random draws.")
def main(source: Path, target: Path, share: float, seed: int) -> None:
    """Write a copy of SOURCE, a file or a folder of files, with some of its cells broken."""
    click.echo(f"{break_delivery(source, target, share, seed):,} cells broken in {target}")


if __name__ == "__main__":
    main()
