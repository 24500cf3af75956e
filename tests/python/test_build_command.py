"""scripts/build in small projects of their own: what it refuses, and that it can be repeated."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest
from commerce_kpis.locks import locked
from conftest import PROJECT, build_project, module_environment, run_module


def _profile(project: Path, text: str) -> None:
    (project / "profiles.yml").write_text(text, encoding="utf-8")


def _target(path: str) -> str:
    return "commerce_kpis: {target: dev, outputs: {dev: {type: duckdb, path: '" + path + "'}}}\n"


def _query(file: Path, sql: str) -> list[tuple]:
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def _refused(done: subprocess.CompletedProcess[str], *said: str) -> None:
    """One readable line, no traceback, and an exit code that says so."""
    assert done.returncode != 0
    assert "Traceback" not in done.stdout + done.stderr
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("Error:")]
    for text in said:
        assert text in line


@pytest.mark.parametrize(
    ("profile", "said"),
    [
        (_target("/nowhere/at/all.duckdb"), "there is no folder /nowhere/at"),
        (_target("warehouse"), "which is a folder"),
        (_target(":memory:"), "has no `path`"),
        (_target("{{ env_var('NOT_SET_ANYWHERE') }}"), "NOT_SET_ANYWHERE"),
        (_target("{{ env_var( }}"), "cannot be read"),
        ("commerce_kpis: {target: dev", "is not valid YAML"),
        ("other: {}", "profiles.example.yml"),
        ("commerce_kpis: {target: prod, outputs: {dev: {}}}", "profiles.example.yml"),
    ],
)
def test_a_profile_that_leads_nowhere_is_one_line(
    small_project: Path, profile: str, said: str
) -> None:
    (small_project / "warehouse").mkdir()
    _profile(small_project, profile)
    _refused(run_module("build", project=small_project), "profiles.yml", said)


def test_a_profile_that_cannot_be_read_is_one_line(small_project: Path) -> None:
    (small_project / "profiles.yml").mkdir()
    _refused(run_module("build", project=small_project), "profiles.yml cannot be read")
    elsewhere = run_module("build", project=small_project, DBT_PROFILES_DIR="/nowhere")
    _refused(elsewhere, "There is no /nowhere/profiles.yml")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--landing-path", "no folder"), "There is no folder"),
        (("--landing-path", ".", "--landing-schema", "raw"), "choose one"),
        (("--landing", "seeds", "--landing-schema", "raw"), "does not go with"),
        (("--vars", "{inactivity_day: 90}"), "`inactivity_days`"),
        (("--vars", "inactivity_days"), "no mapping"),
        (("--vars", "{inactivity_days: '1; drop schema core'}"), "a number, such as 180"),
        (("--vars", "{publish_email_addresses: 1}"), "true or false"),
        (("--vars", "{reporting_currency: EU'R}"), "no quotes"),
        (("--vars", "{a: "), "not valid YAML"),
        (("--as-of", "yesterday"), "no moment"),
        (("--out", "no folder/kpis.duckdb"), "There is no folder"),
        (("--out", "."), "is a folder"),
        (("--out", "warehouse/build.duckdb"), "is the build file"),
    ],
)
def test_an_option_that_cannot_work_is_one_line(
    small_project: Path, arguments: tuple[str, ...], said: str
) -> None:
    (small_project / "warehouse").mkdir()
    _refused(run_module("build", *arguments, project=small_project), said)


def test_a_build_that_fails_leaves_the_published_file(small_project: Path) -> None:
    first = run_module("build", "--as-of", "2025-02-01", project=small_project)
    assert first.returncode == 0, first.stdout + first.stderr
    published = small_project / "warehouse" / "kpis.duckdb"
    before = published.read_bytes()

    core = small_project / "models" / "marts" / "core"
    bad = core / "dim_bad.sql"
    bad.write_text("select cast('one' as integer) as bad_id", encoding="utf-8")
    failed = run_module("build", "--as-of", "2025-03-01", project=small_project)
    _refused(failed, "nothing was published")
    assert "FAILED model dim_bad" in failed.stdout
    assert "models/marts/core/dim_bad.sql" in failed.stdout
    assert "Could not convert string 'one'" in failed.stdout
    _refused(run_module("publish_command", project=small_project), "did not pass")

    bad.write_text("select {{ nothing( }}", encoding="utf-8")
    _refused(run_module("build", project=small_project), "dbt stopped", "logs/dbt.log")
    bad.unlink()

    yaml = core / "dim_answers.yml"
    text = yaml.read_text(encoding="utf-8")
    wrong = text.replace(
        "data_tests: [not_null, unique]",
        "data_tests: [{accepted_values: {arguments: {values: [2]}}}]",
    )
    yaml.write_text(wrong, encoding="utf-8")
    failed = run_module("build", "--as-of", "2025-03-01", project=small_project)
    _refused(failed, "nothing was published")
    assert "FAILED test accepted_values_dim_answers" in failed.stdout
    assert "look at" in failed.stdout
    yaml.write_text(text, encoding="utf-8")

    early = run_module("build", "--as-of", "2025-01-01", project=small_project)
    _refused(early, "2025-02-01")
    assert published.read_bytes() == before


def test_what_the_project_says_in_a_build_is_printed(small_project: Path) -> None:
    model = small_project / "models" / "marts" / "core" / "dim_talking.sql"
    model.write_text(
        "{% if execute %}{{ log('orders: 1 of 4 rows [rejected]', info=true) }}{% endif %}"
        "select cast('{{ var(\"as_of\") }}' as timestamp) as spoken_at",
        encoding="utf-8",
    )
    spoken = run_module("build", "--as-of", "2025-02-01", project=small_project)
    assert spoken.returncode == 0, spoken.stdout + spoken.stderr
    assert "orders: 1 of 4 rows [rejected]\n" in spoken.stdout

    model.write_text(model.read_text(encoding="utf-8") + " from nowhere", encoding="utf-8")
    failed = run_module("build", "--as-of", "2025-02-01", project=small_project)
    _refused(failed, "nothing was published")
    assert "orders: 1 of 4 rows [rejected]\n" in failed.stdout


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_build_that_is_killed_leaves_the_published_file(
    small_project: Path, how: signal.Signals
) -> None:
    slow = small_project / "models" / "marts" / "core" / "dim_slow.sql"
    slow.write_text("select sum(hash(range)) as n from range(100000000000)", encoding="utf-8")
    published = small_project / "warehouse" / "kpis.duckdb"
    published.parent.mkdir()
    published.write_bytes(b"as it was")
    building = subprocess.Popen(
        [sys.executable, "-m", "commerce_kpis.build"],
        cwd=small_project,
        env=module_environment(small_project),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell that starts these tests in the background has them ignore interrupts.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        _wait_for(small_project / "logs" / "dbt.log", "START sql table model core.dim_slow")
        second = run_module("build", project=small_project)
        _refused(second, f"in use by scripts/build, PID {building.pid}", "--wait")
        building.send_signal(how)
        _, errors = building.communicate(timeout=1800)
        # dbt would have worked for hours, and holds the lock until it has ended too.
        with locked([small_project / "warehouse"]):
            assert not _dbt_processes(small_project)
    finally:
        building.kill()
        for orphan in _dbt_processes(small_project):
            os.kill(orphan, signal.SIGKILL)
    assert building.returncode != 0
    assert "Traceback" not in errors
    assert published.read_bytes() == b"as it was"


def _wait_for(log: Path, text: str, seconds: int = 120) -> None:
    until = time.monotonic() + seconds
    while not log.exists() or text not in log.read_text(encoding="utf-8"):
        assert time.monotonic() < until, f"{log} never said {text}"
        time.sleep(0.1)


def _dbt_processes(project: Path) -> list[int]:
    """Processes of dbt that work on a project."""
    listed = subprocess.run(
        ["ps", "-eww", "-o", "pid=,args="], capture_output=True, text=True, check=True
    )
    lines = [line for line in listed.stdout.splitlines() if str(project) in line and "dbt" in line]
    return [int(line.split()[0]) for line in lines]


def test_a_build_file_that_is_open_elsewhere_is_named(small_project: Path) -> None:
    file = small_project / "warehouse" / "build.duckdb"
    file.parent.mkdir()
    code = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); input()"
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert holder.stdout.readline().strip() == "open"
        _refused(run_module("build", project=small_project), f"PID {holder.pid}", str(file))
    finally:
        holder.kill()


@pytest.mark.parametrize("content", [b"", b"DUCK" * 5000])
def test_a_build_file_that_a_full_disk_left_half_written_blocks_nothing(
    small_project: Path, content: bytes
) -> None:
    file = small_project / "warehouse" / "build.duckdb"
    file.parent.mkdir()
    file.write_bytes(content)
    done = run_module("build", project=small_project)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{file} is damaged" in done.stdout
    assert file.with_name("build.duckdb.damaged").read_bytes() == content


def test_what_a_killed_build_left_is_gone_before_the_next_begins(small_project: Path) -> None:
    warehouse = small_project / "warehouse"
    spilled = warehouse / "build.duckdb.tmp"
    spilled.mkdir(parents=True)
    (spilled / "duckdb_temp_storage_DEFAULT-0.tmp").write_bytes(b"0" * 1000)
    (warehouse / ".kpis.duckdb.1.publishing").write_bytes(b"0" * 1000)
    (small_project / "models" / "marts" / "core" / "dim_bad.sql").write_text("select nothing")
    _refused(run_module("build", project=small_project), "nothing was published")
    assert sorted(path.name for path in warehouse.iterdir()) == [".build.lock", "build.duckdb"]


def test_a_plain_dbt_build_of_a_part_is_not_published(small_project: Path) -> None:
    shutil.copyfile(small_project / "profiles.example.yml", small_project / "profiles.yml")
    (small_project / "warehouse").mkdir()
    dbt = [sys.executable, "-c", "from dbt.cli.main import cli; cli()", "build"]
    for arguments, is_published in ((["--select", "dim_answers"], False), ([], True)):
        subprocess.run(
            [*dbt, *arguments],
            cwd=small_project,
            env=module_environment(small_project),
            check=True,
            capture_output=True,
        )
        done = run_module("publish_command", project=small_project)
        if is_published:
            assert done.returncode == 0, done.stderr
        else:
            _refused(done, "no finished build of the whole project")


def test_the_shell_command_works_from_any_folder_and_a_path_with_spaces(
    small_project: Path, tmp_path: Path
) -> None:
    # The environment of these tests, if it was made by the commands; else it makes its own.
    stamped = (Path(sys.prefix) / "made_from.txt").exists()
    environment = module_environment(small_project, **({"KPI_VENV": sys.prefix} if stamped else {}))
    out = tmp_path / "elsewhere"
    out.mkdir()
    done = subprocess.run(
        [small_project / "scripts" / "build", "--out", "my kpis.duckdb"],
        cwd=out,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert _query(out / "my kpis.duckdb", "select answer_id from core.dim_answers") == [(1,)]
    assert (small_project / "profiles.yml").exists()
    assert not list(out.glob(".my*")), "nothing is left beside the published file"


def test_an_old_python_is_refused_with_one_line(small_project: Path, tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("python3", "python3.10", "python3.11", "python3.12", "python3.13"):
        fake = tools / name
        fake.write_text(
            '#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.8.18" && exit 0\nexit 1\n',
            encoding="utf-8",
        )
        fake.chmod(0o755)
    environment = module_environment(small_project, KPI_VENV=str(tmp_path / "venv"))
    done = subprocess.run(
        [small_project / "scripts" / "build"],
        env={**environment, "PATH": f"{tools}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "Python 3.10 or newer is needed" in done.stderr
    assert "Python 3.8.18" in done.stderr


def test_an_interrupted_environment_is_made_again(small_project: Path, tmp_path: Path) -> None:
    venv = tmp_path / "venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "bin" / "python").symlink_to(sys.executable)
    script = f'source "{small_project}/scripts/_environment.sh"; environment_is_current'
    environment = module_environment(small_project, KPI_VENV=str(venv))

    def is_current() -> bool:
        done = subprocess.run(["bash", "-c", script], env=environment, check=False)
        return done.returncode == 0

    lock = (PROJECT / "requirements.lock").read_text(encoding="utf-8")
    assert not is_current(), "without a stamp it was interrupted"
    (venv / "made_from.txt").write_text(f"{venv}\n{lock}", encoding="utf-8")
    assert is_current()
    (venv / "made_from.txt").write_text(f"{venv}\n{lock}# older", encoding="utf-8")
    assert not is_current(), "another lock file made it"
    (venv / "made_from.txt").write_text(f"/moved\n{lock}", encoding="utf-8")
    assert not is_current(), "it was made in another folder"


@pytest.mark.thorough
def test_the_same_input_gives_the_same_tables(
    built_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    again = build_project(tmp_path_factory.mktemp("again"))
    tables = _query(
        built_file,
        "select schema_name, model_name from trust.build_models where schema_name in "
        "('core', 'kpi', 'trust') and materialization <> 'view' order by all",
    )
    assert tables
    with duckdb.connect() as connection:
        connection.execute(f"attach '{built_file}' as one (read_only)")
        connection.execute(f"attach '{again}' as two (read_only)")
        for schema, name in tables:
            # Which run wrote a row is no part of what it says.
            one, two = (
                f'select columns(lambda name: name != \'build_id\') from {file}."{schema}"."{name}"'
                for file in ("one", "two")
            )
            different = connection.execute(
                f"select count(*) from (({one} except all {two}) "
                f"union all ({two} except all {one}))"
            ).fetchone()
            assert different == (0,), f"{schema}.{name} differs between two builds"


def test_an_environment_is_not_made_with_the_one_it_replaces(tmp_path: Path) -> None:
    """As in a shell in which it is active, after requirements.lock changed."""
    active = tmp_path / "venv" / "bin"
    active.mkdir(parents=True)
    (active / "python3").symlink_to(sys.executable)
    done = subprocess.run(
        ["bash", "-c", f"source '{PROJECT}/scripts/_environment.sh'; find_python"],
        env={
            **os.environ,
            "KPI_VENV": str(active.parent),
            "PATH": f"{active}:{os.environ['PATH']}",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not Path(done.stdout.strip()).is_relative_to(tmp_path)
