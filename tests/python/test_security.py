"""No secret in the repository, no user's name run as SQL, no e-mail address published, no writer
among those who read."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
import yaml
from commerce_kpis.console import UserError
from commerce_kpis.mapping import Mapping, load_mapping, map_delivery
from commerce_kpis.publish import publish
from conftest import PROJECT, run_module

MakeBuild = Callable[..., Path]

# What must stand in no committed file. A class of one character keeps a pattern from finding
# itself here.
SECRETS = {
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KE[Y]-----",
    "a cloud key": r"\b(AKI[A]|ASI[A])[0-9A-Z]{16}\b|\bAIz[a][\w-]{35}\b",
    "a token": r"\b(gh[opsur]_|github_pa[t]_|glpa[t]-|xox[abprs]-|sk[-]|pyp[i]-)[\w-]{20,}",
    "a signed token": r"\bey[J][\w-]{10,}\.ey[J][\w-]{10,}",
    "a login in an address": r"\b[a-z][a-z+]*://[^\s/:@'\"]+:[^\s/@'\"{]+@[\w.-]+",
    "a password": (
        r"(?i)\b[\w-]*(passwor[d]|passw[d]|secre[t]|api_?ke[y]|access_?ke[y]|auth_?toke[n])"
        r"[\"']?\s*[:=]\s*[\"']?(?!\{\{\s*env_var|\$\{?[A-Z_]|null|none)[^\s\"',;)}\]]{4,}"
    ),
    "a package registry": (
        r"(?im)pypi[.]org|pythonhosted[.]org|npmjs[.]org|(--|^\s*)(extra-)?inde[x]-url\b"
    ),
}
AWKWARD = 'o\'neill & "sons"; drop schema core cascade; --[1]'
# Python in the documents that a server runs, which is not here.
SCHEDULER = "import dagster"
# What is found in a text of any column is an address; looser than what is replaced.
ADDRESS = r"[^\s@\"'<>(){}\[\],;:/?&=%|]+(@|%40)[\w.-]+[.][A-Za-z]{2,}"


def _committed() -> list[Path]:
    listed = subprocess.run(
        ["git", "-C", PROJECT, "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        capture_output=True,
        text=True,
        check=True,
    )
    return [PROJECT / name for name in listed.stdout.split("\0") if (PROJECT / name).is_file()]


def _secrets(text: str) -> list[str]:
    return [what for what, pattern in SECRETS.items() if re.search(pattern, text)]


def _rows(file: Path, sql: str, *values: object) -> list[tuple]:
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute(sql, values).fetchall()


# Secrets


def test_no_committed_file_holds_a_secret() -> None:
    files = _committed()
    assert len(files) > 500
    found = {
        str(file.relative_to(PROJECT)): secrets
        for file in files
        if (secrets := _secrets(file.read_text(encoding="utf-8", errors="replace")))
    }
    assert found == {}


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("-----BEGIN OPENSSH PRIVATE " + "KEY-----", "a private key"),
        ("aws: AKI" + "AIOSFODNN7EXAMPLE", "a cloud key"),
        ("'gh" + "p_" + "a1B2" * 9 + "'", "a token"),
        ("eyJ" + "hbGciOiJIUzI1NiJ9.ey" + "JzdWIiOiIxMjM0In0.x", "a signed token"),
        ("postgresql" + "://loader:hunter2@db.internal/shop", "a login in an address"),
        ("      pass" + "word: hunter2", "a password"),
        ("API_" + 'KEY = "0123456789"', "a password"),
        ("--index" + "-url https://packages.internal/simple", "a package registry"),
    ],
)
def test_a_secret_would_be_found(text: str, what: str) -> None:
    assert _secrets(text) == [what]
    assert _secrets("password: \"{{ env_var('SHOP_PASSWORD') }}\"") == []


def test_the_example_profile_takes_connections_from_the_environment() -> None:
    profile = yaml.safe_load((PROJECT / "profiles.example.yml").read_text(encoding="utf-8"))
    no_connection = {"type", "threads", "settings", "database", "module_paths", "plugins"}
    no_connection |= {"method", "schema", "server_side_parameters"}
    for outputs in profile.values():
        for output in outputs["outputs"].values():
            values = {name: value for name, value in output.items() if name not in no_connection}
            assert {"path", "host"} & set(values)
            for name, value in output.get("server_side_parameters", {}).items():
                if name.endswith((".dir", "URL")):
                    values[name] = value
            for name, value in values.items():
                if value == ":memory:":
                    assert "attach" in values
                elif value == "none":
                    assert output["method"] == "session"
                else:
                    assert re.search(r"\{\{\s*env_var\('[A-Z_]+'", json.dumps(value)), name


# Names from users; those of the landing switch are in test_landing.py


def test_awkward_names_of_files_are_names(small_project: Path) -> None:
    warehouse = small_project / AWKWARD
    warehouse.mkdir()
    build_file, out = warehouse / "my build-1.duckdb", warehouse / f"{AWKWARD}.duckdb"
    for _ in range(2):  # the second one reads what the first published
        done = run_module(
            "build", "--out", out, project=small_project, KPI_BUILD_FILE=str(build_file)
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert _rows(out, "select answer_id from core.dim_answers") == [(1,)]
    names = {path.name for path in warehouse.iterdir()}
    assert names == {".build.lock", build_file.name, out.name}
    done = run_module("scorecard", out, project=small_project)
    assert "is no published KPI file" in done.stderr


@pytest.mark.parametrize(
    "name", ["o'neill", 'a"b', "x; drop schema core cascade; --", "main", "TEMP.kpis", "{{ 1 }}"]
)
def test_a_build_file_whose_name_sql_cannot_take_is_one_line(
    small_project: Path, tmp_path: Path, name: str
) -> None:
    file = tmp_path / f"{name}.duckdb"
    done = run_module("build", project=small_project, KPI_BUILD_FILE=str(file))
    assert done.returncode != 0
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("Error:")]
    assert f"{name}.duckdb" in line
    assert "use letters" in line
    assert not file.exists()


def test_a_mapping_is_a_name_and_no_path(tmp_path: Path) -> None:
    elsewhere = tmp_path / "mapping"
    shutil.copytree(PROJECT / "analyses" / "mappings" / "online_retail", elsewhere)
    for name in (str(elsewhere), "../mappings/online_retail", "x'; drop schema core; --", ".."):
        with pytest.raises(UserError, match="known are online_retail"):
            load_mapping(name)
    assert (elsewhere / "mapping.yml").exists()


@pytest.mark.parametrize("name", [f"{AWKWARD}.csv", "orders[1].csv", "*.csv"])
def test_an_awkward_delivered_file_is_read_and_no_other(tmp_path: Path, name: str) -> None:
    folder = tmp_path / AWKWARD
    script = folder / "mapping" / "orders.sql"
    script.parent.mkdir(parents=True)
    script.write_text("select order_id from delivered", encoding="utf-8")
    (folder / "orders1.csv").write_text("order_id\nother\n", encoding="utf-8")
    (folder / name).write_text("order_id\nmine\n", encoding="utf-8")
    landing = folder / "landing[1]"
    mapping = Mapping(script.parent, ["order_id"], {})
    assert map_delivery(mapping, folder / name, landing) == {"orders": 1}
    with duckdb.connect() as connection:
        shutil.copyfile(landing / "orders.parquet", tmp_path / "orders.parquet")
        assert connection.read_parquet(str(tmp_path / "orders.parquet")).fetchall() == [("mine",)]


# E-mail addresses


def _hash(address: str) -> str:
    return hashlib.md5(address.lower().encode(), usedforsecurity=False).hexdigest()


TEXTS = {
    "Anna@Shop.example": _hash("anna@shop.example"),
    "person:o'neill+x@shop.co.uk": "person:" + _hash("o'neill+x@shop.co.uk"),
    "https://shop.example/?mail=Anna%40shop.example&a=1": (
        f"https://shop.example/?mail={_hash('anna@shop.example')}&a=1"
    ),
    "a@x.example, Bö <b@ü.example>;c@x.example": (
        f"{_hash('a@x.example')}, Bö <{_hash('b@ü.example')}>;{_hash('c@x.example')}"
    ),
    "a@x.example@2025-01-31 10:00:00": f"{_hash('a@x.example')}@2025-01-31 10:00:00",
    '{"email":"a@x.example","n":null}': f'{{"email":"{_hash("a@x.example")}","n":null}}',
    "v56@2024-09-27 10:55:15": "v56@2024-09-27 10:55:15",
    "Meet@Home GmbH": "Meet@Home GmbH",
    "100%40": "100%40",
    "": "",
}


@pytest.mark.parametrize("is_published", [False, True])
def test_e_mail_addresses_are_hashed_wherever_they_stand(
    make_build: MakeBuild, tmp_path: Path, is_published: bool
) -> None:
    build = make_build("b")
    with duckdb.connect(str(build)) as connection:
        connection.execute("create table trust.texts (id varchar primary key, n int, text varchar)")
        for text in TEXTS:
            connection.execute("insert into trust.texts values (?, 1, ?)", [text, text])
        connection.execute("insert into trust.texts values ('none', null, null)")
        connection.execute("create view bi.texts as select text from trust.texts")
        connection.execute("create view trust.more_texts as select text from trust.texts")
        for name in ("texts", "more_texts"):
            connection.execute(
                "insert into trust.build_models by name "
                f"select 'trust' as schema_name, '{name}' as model_name, true as is_published"
            )
        connection.execute(
            "update trust.build_info set has_email_addresses = ?, parameters = 'a@x.example'",
            [is_published],
        )
    out = tmp_path / "kpis.duckdb"
    publish(build, out)
    expected = {text: text if is_published else hashed for text, hashed in TEXTS.items()}
    assert dict(_rows(out, "select id, text from trust.texts where n = 1")) == {
        hashed: hashed for hashed in expected.values()
    }
    assert _rows(out, "select text from trust.texts where n is null") == [(None,)]
    for view in ("bi.texts", "trust.more_texts"):
        assert {row[0] for row in _rows(out, f"from {view}")} == {*expected.values(), None}
    assert _rows(out, "select has_email_addresses, parameters from trust.build_info") == [
        (is_published, "a@x.example" if is_published else _hash("a@x.example"))
    ]


def test_no_e_mail_address_is_published(built_file: Path, published_file: Path) -> None:
    columns = _rows(
        published_file,
        "select schema_name, table_name, column_name from duckdb_columns() where not internal "
        "and not starts_with(data_type, 'DECIMAL') and data_type not in "
        "('DOUBLE', 'BIGINT', 'INTEGER', 'BOOLEAN', 'DATE', 'TIMESTAMP') order by all",
    )
    relations: dict[str, list[str]] = {}
    for schema, table, column in columns:
        relations.setdefault(f'"{schema}"."{table}"', []).append(f'"{column}"')
    assert {relation.split(".")[0] for relation in relations} == {
        '"core"',
        '"intermediate"',
        '"kpi"',
        '"trust"',
        '"bi"',
    }
    found = []
    with duckdb.connect(str(published_file), read_only=True) as connection:
        for relation, names in relations.items():
            # Looking for the sign alone is much faster, and most texts hold none.
            sign = " or ".join(
                f"contains({name}::varchar, '@') or contains({name}::varchar, '%40')"
                for name in names
            )
            texts = ", ".join(f"{name}::varchar" for name in names)
            rows = connection.execute(f"select distinct {texts} from {relation} where {sign}")
            found += [
                (relation, text)
                for row in rows.fetchall()
                for text in row
                if text and re.search(ADDRESS, text)
            ]
    assert found == []
    # They are there to be found: the build keeps rejected rows as they were delivered.
    kept = _rows(built_file, "select raw_row from staging.base_contract__contacts")
    kept = [row for (text,) in kept if text and (row := json.loads(text)).get("email")]
    hashed = _rows(
        published_file, "select raw_row from trust.dq_rejected_rows where table_name = 'contacts'"
    )
    hashed = {json.loads(row[0])["email"] for row in hashed}
    assert {_hash(row["email"]) for row in kept} <= hashed
    assert len(hashed) > 2


# Readers


def _documents() -> list[Path]:
    return [file for file in _committed() if file.suffix == ".md"]


def _blocks(language: str) -> list[tuple[str, str]]:
    """Code blocks of a language in the documents that have to do with a DuckDB file."""
    pattern = re.compile(rf"^```{language}\n(.*?)^```", re.DOTALL | re.MULTILINE)
    return [
        (file.name, block)
        for file in _documents()
        for block in pattern.findall(file.read_text(encoding="utf-8"))
        if "duckdb" in block
    ]


def test_python_in_the_documents_opens_the_published_file_read_only(
    published_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "warehouse").mkdir()
    shutil.copyfile(published_file, tmp_path / "warehouse" / "kpis.duckdb")
    monkeypatch.chdir(tmp_path)
    opened = 0
    connect = duckdb.connect

    def checked(*arguments: object, **options: object) -> duckdb.DuckDBPyConnection:
        nonlocal opened
        connection = connect(*arguments, **options)
        if arguments[:1] == (":memory:",):  # A driver asks which settings there are.
            return connection
        opened += 1
        with pytest.raises(duckdb.InvalidInputException, match="read-only"):
            connection.execute("create table core.written as select 1 as one")
        return connection

    monkeypatch.setattr(duckdb, "connect", checked)
    blocks = _blocks("python")
    assert {"README.md", "sqlalchemy.md", "arrow.md"} <= {name for name, _ in blocks}
    for _, block in blocks:
        if SCHEDULER in block:
            assert block.count("duckdb.connect(") == block.count("read_only=True")
        else:
            exec(block, {})
    assert opened >= 3


def test_every_documented_way_opens_the_published_file_read_only() -> None:
    opens = re.compile(r"duckdb\.connect|duckdb:///|\battach\b|^\s*duckdb\s", re.IGNORECASE)
    read_only = re.compile(
        r"read_only\s*=\s*true|-readonly|access_mode=read_only|\(read_only\)", re.IGNORECASE
    )
    for file in _documents():
        for line in file.read_text(encoding="utf-8").splitlines():
            if ".duckdb" in line and opens.search(line):
                assert read_only.search(line), f"{file.name}: {line}"


def test_the_commands_that_read_open_files_read_only() -> None:
    writing = {
        *("publish.py", "mapping.py", "mutate.py", "rebuilt_demo.py"),
        *("soak_project.py", "check_landing.py"),
    }
    opened = re.compile(r"duckdb\.connect\(str\([^\n]*")
    lines = [
        (path.name, line)
        for path in (PROJECT / "scripts" / "commerce_kpis").glob("*.py")
        for line in opened.findall(path.read_text(encoding="utf-8"))
        if path.name not in writing
    ]
    assert lines
    for name, line in lines:
        assert "read_only=True" in line, (name, line)
