"""What the models of the project may read, and what each has to have.

The rules of dbt's project evaluator (dbt-labs/dbt-project-evaluator), which is a package of the hub
and not installed here, and the project's own about rooms and themes. docs/project_rules.md lists
them. A rule yields what breaks it: the node, and what is wrong with it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

from commerce_kpis.graph import Graph, file_of, room

Broken = Iterator[tuple[dict, str]]
Rule = Callable[[Graph], Broken]

ROOMS = ("landing", "staging", "intermediate", "core", "kpis", "trust")
# How models of a room are called; {folder} is the folder below the room.
NAMES = {
    "landing": r"landing__\w+",
    "staging": r"(stg|base)_{folder}__\w+",
    "intermediate": r"int_\w+__\w+",
    "core": r"(dim|fct)_\w+",
    "kpis": r"kpi_\w+",
    "trust": r"\w+",
    "fixtures": r"fixture_\w+",
}
PARENTS = (
    12  # of a model; the package says 7, and clock, periods and availability are 3 of each KPI
)
LEAVES = 3  # that read a model
VIEWS = 4  # on top of each other
KEY_TESTS = ("unique", "versions_cover_every_date_once")
NOT_SQL = re.compile(r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}|--[^\n]*|'[^']*'", re.DOTALL)
TABLE = re.compile(r"(?<!distinct )\b(?:from|join)\s+\"?(\w+)\"?\.\"?\w+", re.IGNORECASE)
PHYSICAL = ("table", "incremental")


def raw_tables_are_read_by_landing(graph: Graph) -> Broken:
    for model in graph.models.values():
        for raw in graph.raw_parents(model):
            if room(model) != "landing":
                yield model, f"reads the raw table {raw['name']}: read the landing model of it."


def landing_reads_one_raw_table(graph: Graph) -> Broken:
    for model in graph.models.values():
        raw = [table["name"] for table in graph.raw_parents(model)]
        if len(raw) > 1:
            yield (
                model,
                f"reads {len(raw)} raw tables ({raw[0]}, {raw[1]}, ...): make a model of each.",
            )
        if raw and graph.model_parents(model):
            yield model, f"reads the raw table {raw[0]} beside models: give it a model of its own."


def raw_tables_have_one_reader(graph: Graph) -> Broken:
    for unique_id, raw in graph.raw.items():
        readers = graph.children[unique_id]
        for reader in readers if len(readers) > 1 else []:
            if room(reader) != "landing":
                yield reader, f"is a further reader of {raw['name']}: read what reads it."


def raw_tables_are_used(graph: Graph) -> Broken:
    for unique_id, raw in graph.raw.items():
        if not graph.children[unique_id]:
            yield raw, "is read by no model: remove it, or write its landing model."


def raw_tables_are_declared_once(graph: Graph) -> Broken:
    places = defaultdict(list)
    for source in graph.sources:
        places[source["database"], source["schema"], source["identifier"]].append(source)
    for sources in places.values():
        for source in sources[1:]:
            yield source, f"is the same table as {sources[0]['unique_id']}: keep one of them."


def tables_are_named_by_ref(graph: Graph) -> Broken:
    for node in [*graph.models.values(), *graph.tests]:
        if node.get("language") == "sql":
            for schema in TABLE.findall(NOT_SQL.sub(" ", node["raw_code"])):
                if schema in graph.schemas:
                    yield node, f"names a table of schema {schema} itself: write ref() or source()."


def models_read_something(graph: Graph) -> Broken:
    for model in graph.models.values():
        if not graph.parents(model):
            yield model, "reads nothing: name what it reads by ref() or source()."


def models_read_no_later_room(graph: Graph) -> Broken:
    for model in graph.models.values():
        for parent in graph.model_parents(model):
            rooms = (room(model), room(parent))
            if set(rooms) <= set(ROOMS) and ROOMS.index(rooms[0]) < ROOMS.index(rooms[1]):
                yield model, f"reads {parent['name']}, which stands in the later room {rooms[1]}."
            elif rooms[1] == "fixtures" != rooms[0]:
                yield model, f"reads {parent['name']}, which is there for unit tests only."


def staging_reads_no_other_staging(graph: Graph) -> Broken:
    for model in graph.models.values():
        for parent in graph.model_parents(model):
            is_shelf = model["name"].startswith("stg_") and parent["name"].startswith("base_")
            if room(model) == room(parent) == "staging" and not is_shelf:
                yield model, f"reads {parent['name']}: put two raw tables together in intermediate."


def models_have_few_parents(graph: Graph) -> Broken:
    for model in graph.models.values():
        if len(graph.parents(model)) > PARENTS:
            yield model, f"reads {len(graph.parents(model))} tables: make a step of some of them."


def models_have_few_leaves(graph: Graph) -> Broken:
    for unique_id, model in graph.models.items():
        leaves = [it for it in graph.children[unique_id] if not graph.children[it["unique_id"]]]
        if len(leaves) > LEAVES:
            yield (
                model,
                f"is read by {len(leaves)} models that nothing reads: what have they in common?",
            )


def steps_of_one_reader_are_tested(graph: Graph) -> Broken:
    """A step that one model reads, beside what the step is made of, could be a part of that model:
    it is a model of its own for the unit tests that it has, or because it is Python."""
    for unique_id, model in graph.models.items():
        readers = graph.children[unique_id]
        if len(readers) == 1 and model["language"] == "sql":
            shared = set(graph.parents(readers[0])) & set(graph.parents(model))
            if shared and model["name"] not in graph.unit_tested:
                reader = readers[0]["name"]
                yield (
                    model,
                    f"is read by {reader} only, as is what it reads: test it, or put it there.",
                )


def models_have_a_tested_key(graph: Graph) -> Broken:
    for unique_id, model in graph.models.items():
        if not any(_tests_a_key(test) for test in graph.tests_of[unique_id]):
            yield (
                model,
                "has no test of its key: name it in `rules_hold`, `arguments: {unique: ...}`.",
            )


def models_are_tested(graph: Graph) -> Broken:
    for unique_id, model in graph.models.items():
        if not graph.tests_of[unique_id]:
            yield model, "has no data test: write `rules_hold` in its YAML."


def sources_say_when_they_are_stale(graph: Graph) -> Broken:
    """Those with events: other tables change when they change."""
    landing = {
        model["config"]["meta"]["table"]: model["config"]["meta"]
        for model in graph.models.values()
        if "table" in model["config"]["meta"] and room(model) == "landing"
    }
    for source in graph.sources:
        limits = source["freshness"] or {}
        has_limit = any(
            (limits.get(key) or {}).get("count") for key in ("warn_after", "error_after")
        )
        if not has_limit and landing.get(source["name"], {"event": True}).get("event"):
            yield source, "has no freshness: say after which time without new rows it is stale."


def models_are_described(graph: Graph) -> Broken:
    for model in graph.models.values():
        if not model["description"].strip():
            yield model, "has no description: say in its YAML what one row is."


def sources_are_described(graph: Graph) -> Broken:
    for source in graph.sources:
        if not source["description"].strip() or not source["source_description"].strip():
            yield source, "has no description, or its source has none."


def names_say_the_room(graph: Graph) -> Broken:
    for model in graph.models.values():
        pattern = NAMES.get(room(model))
        folder = PurePosixPath(model["path"]).parts[1]
        if pattern and not re.fullmatch(pattern.replace("{folder}", folder), model["name"]):
            yield model, f"has another name than models of {room(model)}: rename it or move it."


def yaml_stands_beside_the_model(graph: Graph) -> Broken:
    for model in graph.models.values():
        yaml_file = (model["patch_path"] or "").rpartition("://")[2]
        if yaml_file and PurePosixPath(yaml_file).parent != PurePosixPath(file_of(model)).parent:
            yield model, f"is described and tested in {yaml_file}: move that beside it."


def sources_stand_in_landing(graph: Graph) -> Broken:
    for source in graph.sources:
        if not file_of(source).startswith("models/landing/"):
            yield source, "is declared elsewhere than in models/landing/."


def views_are_not_piled_up(graph: Graph) -> Broken:
    def height(model: dict) -> int:
        if model["config"]["materialized"] in PHYSICAL:
            return 0
        return 1 + max((height(parent) for parent in graph.model_parents(model)), default=0)

    for model in graph.models.values():
        if height(model) > VIEWS:
            yield model, f"is a view on {height(model) - 1} views: make a table of one of them."


def exposures_read_public_tables(graph: Graph) -> Broken:
    for exposure in graph.exposures:
        for parent in graph.parents(exposure):
            model = graph.models.get(parent)
            if not model or model["access"] != "public":
                yield exposure, f"reads {parent}, which is no public model."
            elif model["config"]["materialized"] not in PHYSICAL:
                yield exposure, f"reads {model['name']}, which is a view: make it a table."


def public_models_have_a_contract(graph: Graph) -> Broken:
    for model in graph.models.values():
        if model["access"] == "public" and not model["contract"]["enforced"]:
            yield model, "is public without a contract: write `contract: {enforced: true}`."


def public_models_are_described_whole(graph: Graph) -> Broken:
    for model in graph.models.values():
        bare = [name for name, it in model["columns"].items() if not it["description"].strip()]
        if model["access"] == "public" and (bare or not model["columns"]):
            yield model, f"is public, and nobody says what {', '.join(bare) or 'its columns'} mean."


def themes_have_a_tag_and_a_selector(graph: Graph) -> Broken:
    for model in graph.models.values():
        folders = PurePosixPath(model["path"]).parts[2:-1]
        if room(model) == "kpis" and folders:
            if folders[0] not in model["tags"]:
                yield model, f"has no tag `{folders[0]}`: give it to the folder in dbt_project.yml."
            if folders[0] not in graph.selectors:
                yield model, f"has a theme without a selector: add `{folders[0]}` to selectors.yml."


RULES: tuple[Rule, ...] = (
    raw_tables_are_read_by_landing,
    landing_reads_one_raw_table,
    raw_tables_have_one_reader,
    raw_tables_are_used,
    raw_tables_are_declared_once,
    tables_are_named_by_ref,
    models_read_something,
    models_read_no_later_room,
    staging_reads_no_other_staging,
    models_have_few_parents,
    models_have_few_leaves,
    steps_of_one_reader_are_tested,
    models_have_a_tested_key,
    models_are_tested,
    sources_say_when_they_are_stale,
    models_are_described,
    sources_are_described,
    names_say_the_room,
    yaml_stands_beside_the_model,
    sources_stand_in_landing,
    views_are_not_piled_up,
    exposures_read_public_tables,
    public_models_have_a_contract,
    public_models_are_described_whole,
    themes_have_a_tag_and_a_selector,
)


def _tests_a_key(test: dict) -> bool:
    metadata = test.get("test_metadata") or {}
    arguments = metadata.get("kwargs", {})
    if metadata.get("name") == "kpi_rules_hold":
        return "kpi_grain_is_unique" not in arguments.get("leave_out", [])
    return metadata.get("name") in KEY_TESTS or bool(arguments.get("unique"))
