"""Who may read which model: the group and the levels of dbt_project.yml, as dbt keeps them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml
from commerce_kpis.project import GROUPS
from conftest import PROJECT, build_environment, run_dbt

READERS = {
    "marts/core/fct_answers": "int_answers__counted",
    "our_own/answers_of_a_team": "dim_answers",
}
EXPOSURE = """\
exposures:
  - name: a_dashboard
    type: dashboard
    owner: {{name: Somebody}}
    depends_on: [ref('{model}')]
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A few models under the settings of the project, without its macros: dbt reads it at once."""
    settings = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    kept = ("name", "version", "config-version", "profile", "flags", "models")
    (tmp_path / "models").mkdir()
    (tmp_path / "dbt_project.yml").write_text(
        yaml.safe_dump({key: settings[key] for key in kept}), encoding="utf-8"
    )
    shutil.copyfile(PROJECT / GROUPS, tmp_path / GROUPS)
    add_model(tmp_path, "marts/core/dim_answers")
    add_model(tmp_path, "intermediate/int_answers__counted", "dim_answers")
    for name, read in READERS.items():
        add_model(tmp_path, name, read)
    add_exposure(tmp_path, "dim_answers")
    return tmp_path


def add_model(project: Path, name: str, read: str | None = None) -> None:
    """Add a model, or let it read another one."""
    file = project / "models" / f"{name}.sql"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"select * from {{{{ ref('{read}') }}}}" if read else "select 1 as answer")


def add_exposure(project: Path, model: str) -> None:
    """Add a dashboard that reads a model."""
    (project / "models" / "exposures.yml").write_text(EXPOSURE.format(model=model))


def refusal(project: Path) -> str:
    """What dbt says if it refuses to read the project."""
    done = run_dbt(project, "--no-use-colors", "parse", **build_environment(project))
    return "" if done.returncode == 0 else " ".join(done.stdout.split())


def test_others_read_the_public_models_and_no_private_one(project: Path) -> None:
    assert refusal(project) == ""
    add_model(project, "our_own/answers_of_a_team", "int_answers__counted")
    said = refusal(project)
    assert "answers_of_a_team" in said and "private to the 'commerce_kpis' group" in said


def test_a_dashboard_reads_no_private_model(project: Path) -> None:
    add_exposure(project, "int_answers__counted")
    said = refusal(project)
    assert "a_dashboard" in said and "private to the 'commerce_kpis' group" in said
