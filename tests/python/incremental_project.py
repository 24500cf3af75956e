"""The incremental models of the project and all that they are made from, built load after load."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from commerce_kpis.dbt_run import DBT
from commerce_kpis.generate_macros import jinja_macro
from conftest import PROJECT, build_environment, copied_project, module_environment

# KPIs that keep their sums.
SUMMED = (
    "kpi_aov",
    "kpi_attribution",
    "kpi_customer_retention",
    "kpi_email_list_churn",
    "kpi_email_opt_in",
    "kpi_marketing_originated",
    "kpi_nps",
    "kpi_refunds",
    "kpi_repeat_visits",
    "kpi_sales",
    "kpi_visitor_conversion",
    "kpi_web_funnel",
    "kpi_web_traffic",
)
# With all that they are made from, these are the models that a build makes anew in part.
KEPT = ("fct_attributed_sales", *SUMMED, "kpi_values", "kpi_drivers", "kpi_variant_bridge")
# The KPIs of kpi_values there: two more that are made whole.
VALUED = (*SUMMED, "kpi_subscription_churn", "kpi_mrr")
# Clocks of three builds: each moves past rows that were landed, and kept back, before.
CLOCKS = ("2026-03-01 00:00:00", "2026-07-11 12:00:00", None)


def project_of_few_kpis(copy: Path) -> Path:
    """A copy of the project in which kpi_values has few KPIs, and nothing misses the others."""
    project = copied_project(copy)
    (project / "macros" / "generated" / "kpi_models.sql").write_text(
        jinja_macro("kpi_models", list(VALUED), "a test"), encoding="utf-8"
    )
    (project / "macros" / "kpis" / "check_kpi_models.sql").write_text(
        "{% macro check_kpi_models() %}{% endmacro %}\n", encoding="utf-8"
    )
    return project


class IncrementalProject:
    """Builds of one folder of raw files, one upon the other."""

    def __init__(
        self,
        folder: Path,
        landing: Path,
        models: tuple[str, ...] = KEPT,
        project: Path = PROJECT,
        **environment: str,
    ) -> None:
        """Build below `folder`, of what lies in `landing`, these models and all that they are made
        from; `environment` may name another target."""
        self.project = project
        self.landing = landing
        self.selection = " ".join(f"+{model}" for model in models)
        self.folder = folder
        folder.mkdir(exist_ok=True)
        self.environment = module_environment(
            project, **{**build_environment(folder), **environment}
        )

    @property
    def file(self) -> Path:
        """The build file."""
        return self.folder / "build.duckdb"

    def set_aside(self, name: str) -> Path:
        """Give the build file another name, so that the next build makes everything whole."""
        return self.file.rename(self.folder / f"{name}.duckdb")

    def build(self, as_of: str | None = None) -> None:
        """Build, and see it succeed."""
        done = subprocess.run(
            self._command(as_of),
            cwd=self.project,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-3000:]

    def killed_build(self, after: str) -> None:
        """Start a build and kill it when it says that it has finished that model."""
        with subprocess.Popen(
            self._command(None),
            cwd=self.project,
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            for line in process.stdout:
                if "OK created" in line and after in line:
                    process.kill()
                    break
            else:
                pytest.fail(f"The build ended without a word of {after}.")

    def _command(self, as_of: str | None) -> list[str]:
        variables = {
            "landing": "files",
            "landing_path": str(self.landing),
            "append_or_update": "all",
            "as_of": as_of,
        }
        return [
            *(*DBT, "--no-use-colors", "build", "--select", self.selection),
            *("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"),
            *("--vars", json.dumps(variables)),
        ]
