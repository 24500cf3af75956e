"""The project that scripts/soak builds: six small relations that all say which build made them.

A build is known by its mark, a whole number that its only raw file holds. Its clock, its rows and
its amounts follow from the mark, so rows of two builds in one file cannot be mistaken for one.
"""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import duckdb

from commerce_kpis.project import GROUPS, PROJECT
from commerce_kpis.sql import first_line

RAW = Path("raw") / "mark.csv"
FIRST_CLOCK = datetime(2025, 1, 1)
ROWS = 20000  # and one more for each mark
# Schema and name to the folder and the text of the model, in the order in which they are built.
MODELS = {
    ("intermediate", "int_build__clock"): (
        "intermediate",
        "select mark, timestamp '2025-01-01' + to_minutes(mark) as as_of "
        "from read_csv('raw/mark.csv', columns = {'mark': 'integer'})",
    ),
    ("core", "dim_answers"): (
        "marts/core",
        "select 42 as answer_id, as_of from {{ ref('int_build__clock') }}",
    ),
    ("core", "fct_entries"): (
        "marts/core",
        "select range as entry_id, (range * 7919 + mark) % 10007 as amount, as_of "
        f"from {{{{ ref('int_build__clock') }}}} cross join range({ROWS} + mark)",
    ),
    ("kpi", "entries"): (
        "marts/kpis",
        "{{ config(post_hook=['create schema if not exists bi', 'create or replace view "
        "bi.listed_entries as select as_of, amount from kpi.entries']) }}"
        "select as_of, count(*) as entries, cast(sum(amount) as bigint) as amount "
        "from {{ ref('fct_entries') }} group by as_of",
    ),
    ("trust", "dq_entries"): ("trust", "select as_of, entries from {{ ref('entries') }}"),
}
DATA_TEST = "select 1 as wrong from {{ ref('entries') }} group by as_of having count(*) > 1"
# Which builds a file holds rows of, by the clock of each of its relations.
CLOCKS = """
    select as_of from core.fct_entries
    union select as_of from core.dim_answers
    union select as_of from kpi.entries
    union select as_of from trust.dq_entries
    union select as_of from bi.listed_entries
    union select as_of from trust.build_info
"""


class NotWhole(Exception):
    """A published file that is not exactly one build."""


def make_project(folder: Path) -> None:
    """Write the project: this one's macros, settings and commands, and the models above."""
    ignored = shutil.ignore_patterns("__pycache__")
    for name in ("macros", "scripts"):
        shutil.copytree(PROJECT / name, folder / name, ignore=ignored)
    for name in ("models/landing", "tests", "raw", "warehouse"):
        (folder / name).mkdir(parents=True)
    for name in ("dbt_project.yml", GROUPS, "profiles.example.yml", "requirements.lock"):
        shutil.copyfile(PROJECT / name, folder / name)
    for (_, name), (room, sql) in MODELS.items():
        model = folder / "models" / room / f"{name}.sql"
        model.parent.mkdir(parents=True, exist_ok=True)
        model.write_text(sql, encoding="utf-8")
    (folder / "tests" / "one_clock.sql").write_text(DATA_TEST, encoding="utf-8")


def write_mark(project: Path, mark: int) -> None:
    """Deliver the raw file of the next build."""
    (project / RAW).write_text(f"mark\n{mark}\n", encoding="utf-8")


def clock_of(mark: int) -> datetime:
    """The data's clock of a build."""
    return FIRST_CLOCK + timedelta(minutes=mark)


def mark_of(file: Path) -> int:
    """The mark of the build that a published file holds, every row and total compared.

    Raises:
        NotWhole: the file cannot be read, or is not exactly one build.
    """
    try:
        with duckdb.connect(str(file), read_only=True) as connection:
            return held_mark(connection)
    except duckdb.Error as error:
        raise NotWhole(f"{file.name} cannot be read: {first_line(error)}") from None


def held_mark(connection: duckdb.DuckDBPyConnection) -> int:
    """The same over a connection, in several statements, as a BI tool asks them."""
    clocks = [row[0] for row in connection.execute(CLOCKS).fetchall()]
    if len(clocks) != 1:
        raise NotWhole(f"rows of {len(clocks)} builds: {sorted(map(str, clocks))}")
    mark = round((clocks[0] - FIRST_CLOCK) / timedelta(minutes=1))
    totals = connection.execute(
        "select (select entries from kpi.entries), (select entries from trust.dq_entries), "
        "(select amount from kpi.entries), (select amount from bi.listed_entries)"
    ).fetchone()
    rows, amount, wrong = connection.execute(
        "select count(*), sum(amount), "
        "count(*) filter (where amount <> (entry_id * 7919 + ?) % 10007) from core.fct_entries",
        [mark],
    ).fetchone()
    expected = (ROWS + mark, ROWS + mark, amount, amount)
    if rows != ROWS + mark or wrong or totals != expected:
        raise NotWhole(f"build {mark} has {rows} rows, {wrong} of them wrong, totals {totals}")
    return mark


def restamp(finished: Path, build_file: Path, mark: int) -> None:
    """Make a build file from one that dbt finished, without the seconds that dbt takes."""
    # What a killed dbt had not yet written to the old file would be written to the new one.
    build_file.with_name(build_file.name + ".wal").unlink(missing_ok=True)
    shutil.copyfile(finished, build_file)
    names = {f"{{{{ ref('{name}') }}}}": f"{schema}.{name}" for schema, name in MODELS}
    with duckdb.connect(str(build_file)) as connection:
        for (schema, name), (_, sql) in MODELS.items():
            for ref, relation in names.items():
                sql = sql.replace(ref, relation)
            if schema == "intermediate":
                sql = f"select {mark} as mark, timestamp '{clock_of(mark)}' as as_of"
            sql = sql.split(" }}")[-1]
            connection.execute(f"create or replace table {schema}.{name} as {sql}")
        connection.execute("update trust.build_info set build_id = ?", [f"made-up-{mark}"])
