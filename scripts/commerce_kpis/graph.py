"""The project as dbt read it: manifest.json, in the words that rules about it use."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property

# What is delivered, or stands in for it.
RAW_SEEDS = "seeds/raw/"


class Graph:
    """Models, raw tables and exposures of a manifest, and who reads whom."""

    def __init__(self, manifest: dict) -> None:
        """Read a manifest.

        Args:
            manifest: the content of dbt's manifest.json.
        """
        nodes = manifest["nodes"].values()
        self.models = {node["unique_id"]: node for node in _of_type(nodes, "model")}
        self.tests = _of_type(nodes, "test")
        self.unit_tests = list(manifest["unit_tests"].values())
        self.exposures = list(manifest["exposures"].values())
        self.selectors = set(manifest["selectors"])
        # Sources are disabled while the raw tables are seeds; what is said of them holds anyway.
        disabled = [node for versions in manifest["disabled"].values() for node in versions]
        self.sources = [*manifest["sources"].values(), *_of_type(disabled, "source")]
        seeds = [
            node
            for node in _of_type(nodes, "seed")
            if node["original_file_path"].startswith(RAW_SEEDS)
        ]
        self.raw = {node["unique_id"]: node for node in [*manifest["sources"].values(), *seeds]}
        self.schemas = {node["schema"] for node in [*nodes, *self.sources] if node.get("schema")}

    @cached_property
    def children(self) -> dict[str, list[dict]]:
        """Node to the models that read it."""
        found = defaultdict(list)
        for model in self.models.values():
            for parent in set(model["depends_on"]["nodes"]):
                found[parent].append(model)
        return found

    @cached_property
    def tests_of(self) -> dict[str, list[dict]]:
        """Model to the data tests that read it."""
        found = defaultdict(list)
        for test in self.tests:
            for node in {test.get("attached_node"), *test["depends_on"]["nodes"]}:
                found[node].append(test)
        return found

    @cached_property
    def unit_tested(self) -> set[str]:
        """Names of the models that have a unit test."""
        return {test["model"] for test in self.unit_tests}

    def parents(self, node: dict) -> list[str]:
        """Ids of what a node reads."""
        return sorted(set(node["depends_on"]["nodes"]))

    def raw_parents(self, node: dict) -> list[dict]:
        """The raw tables that a node reads."""
        return [self.raw[parent] for parent in self.parents(node) if parent in self.raw]

    def model_parents(self, node: dict) -> list[dict]:
        """The models that a node reads."""
        return [self.models[parent] for parent in self.parents(node) if parent in self.models]


def room(node: dict) -> str:
    """The room that a model stands in: its folder below models/, or below models/marts/."""
    folders = node["path"].split("/")[:-1]
    return (folders[1:] if folders[:1] == ["marts"] else folders or [""])[0]


def file_of(node: dict) -> str:
    """The file that a node is written in."""
    return node["original_file_path"]


def _of_type(nodes, resource_type: str) -> list[dict]:
    return [node for node in nodes if node["resource_type"] == resource_type]
