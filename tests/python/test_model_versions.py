"""Of a KPI table with versions beside each other the latest is the KPI."""

from __future__ import annotations

from pathlib import Path

import jinja2
import pytest
from commerce_kpis import generate_macros
from conftest import PROJECT


class Returned(Exception):
    """What a macro returns, as dbt does it."""


def kpi_node(nodes: dict[str, dict], name: str) -> dict | None:
    """What the macro of that name returns."""

    def returned(value: object) -> None:
        raise Returned(value)

    macro = (PROJECT / "macros" / "kpis" / "kpi_node.sql").read_text(encoding="utf-8")
    template = jinja2.Environment().from_string(macro + "{{ kpi_node(name) }}")
    with pytest.raises(Returned) as found:
        template.render({"return": returned, "graph": {"nodes": nodes}, "name": name})
    return found.value.args[0]


def test_a_kpi_is_the_latest_version_of_its_model() -> None:
    plain = {"name": "kpi_a", "resource_type": "model", "version": None, "latest_version": None}
    former = {**plain, "name": "kpi_b", "version": 2, "latest_version": 3}
    latest = {**former, "version": 3}
    test = {"name": "kpi_a", "resource_type": "test"}
    nodes = {str(number): node for number, node in enumerate((test, former, plain, latest))}
    assert kpi_node(nodes, "kpi_a") is plain
    assert kpi_node(nodes, "kpi_b") is latest
    assert kpi_node(nodes, "kpi_c") is None
    assert kpi_node({}, "kpi_a") is None


def test_a_former_version_is_no_kpi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "models" / "marts" / "kpis" / "sales"
    folder.mkdir(parents=True)
    for name in ("kpi_aov", "kpi_aov_v1", "kpi_aov_v12", "kpi_v2_orders"):
        (folder / f"{name}.sql").touch()
    monkeypatch.setattr(generate_macros, "PROJECT", tmp_path)
    assert generate_macros.kpi_models() == ["kpi_aov", "kpi_v2_orders"]
