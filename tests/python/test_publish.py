"""What publishing promises to the readers of the published file."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import duckdb
import pytest
from commerce_kpis.build_info import code_hash, code_version
from commerce_kpis.console import UserError
from commerce_kpis.locks import LOCK_NAME, locked
from commerce_kpis.publish import publish
from conftest import PROJECT, module_environment

MakeBuild = Callable[..., Path]

READER = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
for _ in sys.stdin:
    rows = connection.execute(
        "select distinct build_id from (select build_id from core.fct_orders "
        "union all select build_id from kpi.kpi_sales union all "
        "select build_id from bi.sales union all select build_id from trust.build_info)"
    ).fetchall()
    print(",".join(sorted(row[0] for row in rows)), flush=True)
"""
POLLER = """
import sys, duckdb
seen = 0
while True:
    with duckdb.connect(sys.argv[1], read_only=True) as connection:
        ids = connection.execute(
            "select (select any_value(build_id) from core.fct_orders), "
            "(select build_id from trust.build_info), (select count(*) from core.fct_orders)"
        ).fetchone()
    assert ids[0] == ids[1] and ids[2] == 10, ids
    seen += 1
    if seen == 1 or seen % 20 == 0:
        print(seen, flush=True)
"""
PUBLISH = """
import sys
from pathlib import Path
from commerce_kpis.publish import publish
publish(Path(sys.argv[1]), Path(sys.argv[2]))
"""
HOLD = """
import sys, time
from pathlib import Path
from commerce_kpis.locks import locked
with locked([Path(sys.argv[1])], command="a long build"):
    print("held", flush=True)
    time.sleep(60)
"""


def _start(code: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=module_environment(PROJECT),
    )


def _ask(reader: subprocess.Popen[str]) -> str:
    reader.stdin.write("\n")
    reader.stdin.flush()
    return reader.stdout.readline().strip()


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _query(file: Path, sql: str) -> list[tuple]:
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def _rows(file: Path, sql: str) -> list[dict]:
    """Rows as mappings from the names of their columns."""
    with duckdb.connect(str(file), read_only=True) as connection:
        found = connection.execute(sql)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def test_a_reader_keeps_the_file_it_opened(make_build: MakeBuild, tmp_path: Path) -> None:
    out = tmp_path / "kpis.duckdb"
    publish(make_build("first"), out)
    reader = _start(READER, out)
    try:
        assert _ask(reader) == "first"
        publish(make_build("second"), out)
        assert _ask(reader) == "first"
        later = _start(READER, out)
        assert _ask(later) == "second"
        later.kill()
    finally:
        reader.kill()


def test_who_opens_the_path_while_it_is_published_sees_one_whole_build(
    make_build: MakeBuild, tmp_path: Path
) -> None:
    out = tmp_path / "kpis.duckdb"
    publish(make_build("0"), out)
    poller = _start(POLLER, out)
    try:
        assert poller.stdout.readline().strip() == "1"
        for number in range(1, 8):
            publish(make_build(str(number)), out)
        assert poller.stdout.readline(), "the reader stopped with an error"
        assert poller.poll() is None
    finally:
        poller.kill()


@pytest.mark.parametrize("delay", [0.0, 0.05, 0.2, 0.5])
def test_a_killed_publishing_leaves_the_old_file_whole(
    make_build: MakeBuild, tmp_path: Path, delay: float
) -> None:
    out = tmp_path / "kpis.duckdb"
    publish(make_build("old"), out)
    before = _digest(out)
    publishing = _start(PUBLISH, make_build("new", rows=3_000_000), out)
    while not list(tmp_path.glob("*.publishing*")):
        assert publishing.poll() is None, "it ended before it could be killed"
        time.sleep(0.001)
    time.sleep(delay)
    publishing.send_signal(signal.SIGKILL)
    publishing.wait()
    assert _digest(out) == before
    publish(make_build("newer"), out)
    assert not list(tmp_path.glob("*.publishing*"))
    assert _query(out, "select build_id from trust.build_info") == [("newer",)]


@pytest.mark.parametrize(
    ("flags", "said"),
    [({"is_passed": False}, "did not pass"), ({"is_complete": False}, "no finished build")],
)
def test_only_a_whole_build_that_passed_is_published(
    make_build: MakeBuild, tmp_path: Path, flags: dict, said: str
) -> None:
    out = tmp_path / "kpis.duckdb"
    publish(make_build("old"), out)
    before = _digest(out)
    with pytest.raises(UserError, match=said):
        publish(make_build("new", **flags), out)
    assert _digest(out) == before


def test_an_earlier_clock_is_published_to_another_path_only(
    make_build: MakeBuild, tmp_path: Path
) -> None:
    out = tmp_path / "kpis.duckdb"
    publish(make_build("july", as_of="2025-07-31"), out)
    before = _digest(out)
    june = make_build("june", as_of="2025-06-30")
    with pytest.raises(UserError, match="2025-07-31"):
        publish(june, out)
    assert _digest(out) == before
    publish(june, tmp_path / "june.duckdb")
    publish(make_build("again", as_of="2025-07-31"), out)


def test_what_is_published_is_as_it_was_built(make_build: MakeBuild, tmp_path: Path) -> None:
    out = tmp_path / "kpis.duckdb"
    build = make_build("b")
    published = publish(build, out)
    described = (
        "select table_name, comment, sql from duckdb_tables() where table_name = 'fct_orders'"
    )
    assert _query(out, described) == _query(build, described)
    assert _query(out, "select comment from duckdb_columns() where column_name = 'amount'") == [
        ("Reporting currency",)
    ]
    tables = _query(out, "select schema_name || '.' || table_name from duckdb_tables() order by 1")
    assert [row[0] for row in tables] == [
        "core.fct_orders",
        "kpi.kpi_catalog",
        "kpi.kpi_sales",
        "trust.build_info",
        "trust.build_models",
        "trust.kpi_queries",
    ]
    assert _query(out, "from bi.a_sales") == [("b", 10)]
    assert published.tables == 6 and published.views == 2
    with (
        duckdb.connect(str(out)) as connection,
        pytest.raises(duckdb.ConstraintException),
    ):
        connection.execute("insert into core.fct_orders values (1, 1, 'b')")


def test_rows_of_a_kpi_table_lie_in_the_order_of_their_key(
    make_build: MakeBuild, tmp_path: Path
) -> None:
    build_file = make_build("first")
    with duckdb.connect(str(build_file)) as connection:
        connection.execute(
            """
            create or replace table kpi.kpi_sales as
            select 'first' as build_id, * from (values
                (1, 'week', 'total', date '2025-01-06', 'all'),
                (2, 'month', 'country', date '2025-01-01', 'FR'),
                (3, 'month', 'country', date '2025-01-01', 'DE'),
                (4, 'month', 'country', date '2024-12-01', 'FR'),
                (5, 'month', 'channel', date '2025-01-01', 'web')
            ) as cells (orders, period_grain, dimension, period_start, dimension_value)
            """
        )
    out = tmp_path / "kpis.duckdb"
    publish(build_file, out)
    with duckdb.connect(str(out), read_only=True) as connection:
        rows = connection.execute("select orders from kpi.kpi_sales").fetchall()
    assert rows == [(5,), (4,), (3,), (2,), (1,)]


def test_a_view_of_what_is_not_published_stops_publishing(
    make_build: MakeBuild, tmp_path: Path
) -> None:
    build = make_build("b")
    with duckdb.connect(str(build)) as connection:
        connection.execute("create view bi.sessions as select * from core.fct_sessions")
    with pytest.raises(UserError, match=r"bi\.sessions"):
        publish(build, tmp_path / "kpis.duckdb")
    assert not (tmp_path / "kpis.duckdb").exists()


def test_a_log_left_by_a_writer_is_not_replayed_into_the_next_file(
    make_build: MakeBuild, tmp_path: Path
) -> None:
    out = tmp_path / "kpis.duckdb"
    publish(make_build("old"), out)
    log = tmp_path / "kpis.duckdb.wal"
    log.write_bytes(b"left behind")
    publish(make_build("new"), out)
    assert not log.exists()
    assert _query(out, "select build_id from trust.build_info") == [("new",)]


def test_a_file_that_is_not_ours_is_not_replaced(make_build: MakeBuild, tmp_path: Path) -> None:
    out = tmp_path / "kpis.duckdb"
    out.write_text("somebody's notes", encoding="utf-8")
    with pytest.raises(UserError, match="move it away"):
        publish(make_build("new"), out)
    assert out.read_text(encoding="utf-8") == "somebody's notes"


def test_a_second_build_says_who_holds_the_lock_or_waits(tmp_path: Path) -> None:
    holder = _start(HOLD, tmp_path)
    try:
        assert holder.stdout.readline().strip() == "held"
        with pytest.raises(UserError, match=f"a long build, PID {holder.pid}"), locked([tmp_path]):
            pass
        waiting = _start(HOLD.replace("command=", "wait=True, command="), tmp_path)
        assert f"Waiting for a long build, PID {holder.pid}" in waiting.stderr.readline()
        assert waiting.poll() is None
        holder.kill()
        assert waiting.stdout.readline().strip() == "held"
        waiting.kill()
        waiting.wait()
    finally:
        holder.kill()
    with locked([tmp_path]):
        pass


def test_who_ends_with_a_killed_holder_is_waited_for(tmp_path: Path) -> None:
    ended = _start("")
    ended.wait()
    heir = _start(HOLD, tmp_path)
    try:
        assert heir.stdout.readline().strip() == "held"
        (tmp_path / LOCK_NAME).write_text(f"scripts/build, PID {ended.pid}\n", encoding="utf-8")
        threading.Timer(0.3, heir.kill).start()
        with locked([tmp_path]):
            assert f"PID {os.getpid()}" in (tmp_path / LOCK_NAME).read_text(encoding="utf-8")
    finally:
        heir.kill()


def test_the_real_build_is_published_whole(built_file: Path, published_file: Path) -> None:
    out = published_file
    built = _query(
        built_file,
        "select schema_name, model_name from trust.build_models where is_published order by all",
    )
    published = _query(
        out,
        "select schema_name, table_name from duckdb_tables() "
        "where table_name not in ('build_info', 'build_models', 'kpi_queries', "
        "'kpi_publishings', 'kpi_reported_values') order by all",
    )
    assert published == built
    constraints = (
        "select schema_name, table_name, constraint_text from duckdb_constraints() "
        "where table_name not in ('kpi_publishings', 'kpi_reported_values')"
    )
    kept = {*_query(out, constraints)}
    assert kept == {row for row in _query(built_file, constraints) if row[:2] in {*published}}
    assert kept, "the contracts came along"
    as_of = _query(built_file, "select as_of from intermediate.int_build__clock")
    assert _query(out, "select as_of from trust.build_info") == as_of


def test_every_table_view_and_column_says_what_it_is(published_file: Path) -> None:
    bare = """
        select schema_name || '.' || table_name || '.' || column_name
        from duckdb_columns()
        where schema_name in ('core', 'kpi', 'trust', 'bi') and comment is null
        union all
        select schema_name || '.' || table_name
        from duckdb_tables()
        where schema_name in ('core', 'kpi', 'trust') and comment is null
        union all
        select schema_name || '.' || view_name
        from duckdb_views()
        where schema_name in ('trust', 'bi') and comment is null
    """
    assert _query(published_file, bare) == []


def test_every_column_is_of_a_type_that_bi_drivers_read(published_file: Path) -> None:
    """HUGEINT, lists, structs and the like are text, a float or an error, by the driver."""
    found = _query(
        published_file,
        """
        select regexp_replace(data_type, '\\(.*', ''), any_value(table_name || '.' || column_name)
        from duckdb_columns()
        where schema_name in ('core', 'kpi', 'trust', 'bi')
        group by all
        """,
    )
    plain = {"BIGINT", "BOOLEAN", "DATE", "DECIMAL", "DOUBLE", "INTEGER", "TIMESTAMP", "VARCHAR"}
    assert {kind: column for kind, column in found if kind not in plain} == {}
    assert {kind for kind, _ in found} == plain


def test_build_info_says_what_the_file_was_made_of(built_file: Path, published_file: Path) -> None:
    (info,) = _rows(published_file, "select * from trust.build_info")
    code = subprocess.run(
        ["git", "-C", PROJECT, "describe", "--tags", "--always", "--dirty"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert info["code_version"].startswith(code.stdout.strip().removesuffix("-dirty"))
    assert info["code_hash"] == code_hash()
    took = (info["finished_at"] - info["started_at"]).total_seconds()
    assert abs(took - info["seconds"]) < 0.1
    assert took > 0
    assert json.loads(info["parameters"]) == {}
    assert info["has_email_addresses"] is False
    landed = "select sum(rows_landed), count(*) from trust.dq_conservation"
    assert _query(published_file, landed) == [(info["input_rows"], info["input_tables"])]
    unlike = """
        select table_name from trust.dq_conservation
        full join trust.build_inputs using (table_name, rows_landed)
        where dq_conservation.table_name is null or build_inputs.table_name is null
            or content_hash is null or not is_delivered
    """
    assert _query(published_file, unlike) == []


def test_code_that_changed_after_the_build_is_not_named_as_what_was_built(tmp_path: Path) -> None:
    began = datetime.now(timezone.utc).replace(tzinfo=None)
    assert not code_version(began).endswith("+changed")
    assert code_version(began - timedelta(days=36500)).endswith("+changed")


def test_the_hash_of_all_inputs_is_that_of_each(make_build: MakeBuild, tmp_path: Path) -> None:
    tables = [
        "('orders', true, 3, 'a'), ('refunds', true, 0, null)",
        "('refunds', true, 0, null), ('orders', true, 3, 'a')",
        "('orders', true, 3, 'b'), ('refunds', true, 0, null)",
        "('orders', true, 3, 'a'), ('refunds', false, 0, null)",
    ]
    hashes = []
    for number, rows in enumerate(tables):
        build = make_build("b")
        with duckdb.connect(str(build)) as connection:
            connection.execute(
                f"create table trust.build_inputs as from (values {rows}) "
                "as inputs (table_name, is_delivered, rows_landed, content_hash)"
            )
        publish(build, tmp_path / f"{number}.duckdb")
        (info,) = _rows(tmp_path / f"{number}.duckdb", "from trust.build_info")
        hashes.append(info["input_hash"])
        assert info["input_rows"] == 3
        assert json.loads(info["parameters"]) == {"inactivity_days": 90}
    assert hashes[0] == hashes[1]
    assert len({*hashes}) == 3


def test_the_catalog_names_a_table_once_and_no_interval_as_null(built_file: Path) -> None:
    wrong = """
        select variant
        from kpi.kpi_catalog
        where len(string_split(raw_tables_needed, ', '))
            != len(list_distinct(string_split(raw_tables_needed, ', ')))
            or ci_method = 'none'
    """
    assert _query(built_file, wrong) == []
