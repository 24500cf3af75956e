"""The keys that this project uses in its YAML files, for yaml_grammar.

dbt 1.11 checks no keys on DuckDB: what is misspelt is ignored. A key of dbt that the project
begins to use is added here once.
"""

from __future__ import annotations

from commerce_kpis.project import GRAINS
from commerce_kpis.semantic.yaml_rules import METRIC, SAVED_QUERY, SEMANTIC_MODEL, TIME_SPINE
from commerce_kpis.yaml_grammar import Anything, Either, Items, Keys, Named, Rule, Scalar

ANY = Anything()
TEXT = Scalar()
TEXTS = Items(TEXT)
FLAG = Either(scalar=TEXT)
TEXT_OR_TEXTS = Either(scalar=TEXT, sequence=TEXTS)
HOOK = Either(scalar=TEXT, sequence=Items(ANY), mapping=ANY)

UNITS = (
    "fraction",
    "currency",
    "count",
    "days",
    "hours",
    "score",
    "ratio",
    "years",
    "months",
    "bytes",
)
CONVERTED = ("orders", "payments", "opportunities", "subscriptions")
TYPES = ("text", "timestamp", "date", "boolean", "integer", "decimal", "rate")

NODE_CONFIG: dict[str, Rule] = {
    "enabled": FLAG,
    "tags": TEXT_OR_TEXTS,
    "schema": TEXT,
    "database": TEXT,
    "alias": TEXT,
    "group": TEXT,
    "docs": Keys({"show": FLAG, "node_color": TEXT}),
    "persist_docs": Keys({"relation": FLAG, "columns": FLAG}),
    "pre_hook": HOOK,
    "pre-hook": HOOK,
    "post_hook": HOOK,
    "post-hook": HOOK,
    "full_refresh": FLAG,
    "contract": Keys({"enforced": FLAG, "alias_types": FLAG}),
    "grants": Named(TEXT_OR_TEXTS),
    "event_time": TEXT,
}
MODEL_CONFIG: dict[str, Rule] = {
    **NODE_CONFIG,
    "materialized": Scalar(("table", "view", "incremental", "ephemeral", "materialized_view")),
    "access": Scalar(("private", "protected", "public")),
    "unique_key": TEXT_OR_TEXTS,
    "incremental_strategy": TEXT,
    "incremental_predicates": TEXTS,
    "merge_update_columns": TEXTS,
    "merge_exclude_columns": TEXTS,
    "on_schema_change": Scalar(("ignore", "fail", "append_new_columns", "sync_all_columns")),
    "begin": TEXT,
    "batch_size": TEXT,
    "lookback": TEXT,
    "concurrent_batches": FLAG,
    "indexes": Items(Keys({"columns": TEXTS, "unique": FLAG, "type": TEXT})),
    "sql_header": TEXT,
    "partitioned_by": TEXT_OR_TEXTS,
    # Of Python models: what they need installed.
    "packages": TEXTS,
}
SEED_CONFIG: dict[str, Rule] = {
    **NODE_CONFIG,
    "column_types": Named(TEXT),
    "delimiter": TEXT,
    "quote_columns": FLAG,
}
TEST_CONFIG: dict[str, Rule] = {
    "enabled": FLAG,
    "group": TEXT,
    "tags": TEXT_OR_TEXTS,
    "schema": TEXT,
    "alias": TEXT,
    "database": TEXT,
    "severity": Scalar(("error", "warn", "ERROR", "WARN")),
    "error_if": TEXT,
    "warn_if": TEXT,
    "limit": TEXT,
    "where": TEXT,
    "fail_calc": TEXT,
    "store_failures": FLAG,
    "store_failures_as": TEXT,
    "meta": Keys({}),
}


def test_body(arguments: Rule, names: tuple[str, ...]) -> Keys:
    """Rule for what stands below the name of a data test.

    Args:
        arguments: rule of its arguments.
        names: arguments that are likely to be written one level too high.
    """
    return Keys(
        {
            "arguments": arguments,
            "config": Keys(TEST_CONFIG),
            "name": TEXT,
            "description": TEXT,
        },
        instead={
            **{key: f"config: {{{key}: ...}}" for key in TEST_CONFIG},
            **{key: f"arguments: {{{key}: ...}}" for key in names},
        },
    )


# Arguments of rules_hold; see macros/tests/table_rules.sql.
TABLE_RULES: dict[str, Rule] = {
    "unique": Items(
        Either(
            scalar=TEXT,
            sequence=TEXTS,
            mapping=Keys(
                {"name": TEXT, "columns": TEXTS, "where": TEXT},
                required=("name", "columns", "where"),
            ),
        )
    ),
    "not_null": TEXTS,
    "accepted_values": Named(TEXTS),
    "conditions": Named(TEXT),
}
# See macros/tests/kpi_rules.sql.
KPI_RULES = (
    "kpi_grain_is_unique",
    "kpi_dense_dimensions_stay_small",
    "kpi_members_add_up",
    "kpi_variants_match_their_parts",
    "kpi_values_in_bounds",
)
RULE_TESTS = {
    "rules_hold": TABLE_RULES,
    "kpi_rules_hold": {**TABLE_RULES, "leave_out": Items(Scalar(KPI_RULES))},
}
# One test checks all rules of a table: a test of its own for each would cost more than the rule.
ONE_OF_THE_RULES = {
    name: f"rules_hold: {{arguments: {{{name}: ...}}}}"
    for name in ("unique", "not_null", "accepted_values")
}
DATA_TESTS = Items(
    Either(
        scalar=Scalar(instead=ONE_OF_THE_RULES),
        mapping=Keys(
            {name: test_body(Keys(known), tuple(known)) for name, known in RULE_TESTS.items()},
            instead=ONE_OF_THE_RULES,
            others=test_body(Named(ANY), ("values", "to", "field", "expression")),
        ),
    )
)

CONSTRAINTS = Items(
    Keys(
        {
            # Those that rules_hold checks too.
            "type": Scalar(("not_null", "unique", "check")),
            "expression": TEXT,
            "name": TEXT,
            "columns": TEXTS,
            "to": TEXT,
            "to_columns": TEXTS,
            "warn_unenforced": FLAG,
            "warn_unsupported": FLAG,
        },
        required=("type",),
    )
)

LANDING_COLUMN_META = Keys(
    {
        "type": Scalar(TYPES),
        "need": Scalar(("key", "optional_key", "required", "optional")),
        "default": TEXT,
        "accepted": TEXTS,
        "letters": Scalar(("lower", "upper")),
        "pattern": TEXT,
        "description": TEXT,
    },
    required=("type",),
)
LANDING_META: dict[str, Rule] = {
    "table": TEXT,
    "is_required": FLAG,
    "used_by": TEXTS,
    "event": TEXT,
    "also_dated_by": TEXTS,
    "money": TEXT,
    "rules": Items(
        Keys({"reason": TEXT, "when": TEXT, "text": TEXT}, required=("reason", "when", "text"))
    ),
    "common_columns": Named(LANDING_COLUMN_META),
}

KPI_META: dict[str, Rule] = {
    "kpi": Keys(
        {"code": TEXT, "title": TEXT, "owner": TEXT, "priority": Scalar(("P0", "P1", "P2"))},
        required=("code", "title", "owner", "priority"),
    ),
    "grains": Items(Scalar(GRAINS)),
    # Raw tables whose money needs an exchange rate; a variant may name its own.
    "converted": Items(Scalar(CONVERTED)),
    "dimensions": Named(
        Keys(
            {
                "path": Scalar(("own", "session", "credit")),
                "is_sparse": FLAG,
                "is_reported": FLAG,
            },
            required=("path",),
        )
    ),
    "parts": Named(
        Keys(
            {
                "unit": Scalar(UNITS),
                "over_members": Scalar(("additive", "distinct", "partial", "none")),
                "over_time": Scalar(("additive", "distinct", "snapshot")),
                "needs": TEXTS,
                "not_by": TEXTS,
                # Dimensions whose members overlap, though others add up.
                "distinct_by": TEXTS,
            },
            required=("unit", "over_members", "over_time"),
        )
    ),
    "variants": Named(
        Keys(
            {
                "is_default": FLAG,
                "is_statistic": FLAG,
                "numerator": TEXT,
                "denominator": TEXT,
                "n": TEXT,
                "unit": Scalar(UNITS),
                "scale": TEXT,
                "direction": Scalar(("up", "down", "none")),
                "interval": Either(
                    scalar=Scalar(("none", "wilson", "nps")),
                    mapping=Keys(
                        {"low": TEXT, "high": TEXT, "method": TEXT},
                        required=("low", "high", "method"),
                    ),
                ),
                "formula": TEXT,
                "needs": TEXTS,
                "converted": Items(Scalar(CONVERTED)),
                # Whose money is summed: of the period, of the year to its end, or all to it.
                "converted_over": Scalar(("period", "year", "history")),
                "parameters": TEXTS,
                "left_censor_days": TEXTS,
                "left_censor_from": TEXT,
                "left_censor_at": TEXT,
                "window_days": TEXT_OR_TEXTS,
                "flags": Keys(
                    {
                        "missing_source": TEXT,
                        "missing_cost": TEXT,
                        "not_estimable": TEXT,
                        "fx_missing": TEXT,
                    }
                ),
                "bounds": TEXTS,
                "source": TEXT,
                "example": TEXT,
                "version": TEXT,
                "priority": Scalar(("P0", "P1", "P2")),
                "over_members": Scalar(("additive", "distinct")),
                # Of a sum that is no part: dimensions by which it is null.
                "not_by": TEXTS,
            },
            required=("unit", "direction", "formula", "source", "example"),
        )
    ),
}
KPI_REQUIRED = ("kpi", "grains", "dimensions", "parts", "variants")

COLUMN: dict[str, Rule] = {
    "name": TEXT,
    "description": TEXT,
    "data_type": TEXT,
    "constraints": CONSTRAINTS,
    "data_tests": DATA_TESTS,
    "quote": FLAG,
    # Of the column that is a time spine.
    "granularity": TEXT,
}
INSTEAD = {"tests": "data_tests", "test": "data_tests", "meta": "config: {meta: ...}"}
MOVED_TO_CONFIG = {key: f"config: {{{key}: ...}}" for key in MODEL_CONFIG}


def _columns(meta: Rule) -> Rule:
    keys = {**COLUMN, "config": Keys({"meta": meta, "tags": TEXT_OR_TEXTS})}
    return Items(Keys(keys, required=("name",), instead=INSTEAD))


# Versions of a model that stand beside each other; docs/working_with_dbt.md says when.
VERSIONS: dict[str, Rule] = {
    "latest_version": TEXT,
    "deprecation_date": TEXT,
    "versions": Items(
        Keys(
            {
                "v": TEXT,
                "defined_in": TEXT,
                "description": TEXT,
                "deprecation_date": TEXT,
                "config": Keys({**MODEL_CONFIG, "meta": ANY}),
                "columns": Items(ANY),
                "data_tests": DATA_TESTS,
            },
            required=("v",),
        )
    ),
}


def _node(config: dict[str, Rule], meta: Rule, column_meta: Rule) -> Keys:
    return Keys(
        {
            **(VERSIONS if config is MODEL_CONFIG else {}),
            "name": TEXT,
            "description": TEXT,
            "config": Keys({**config, "meta": meta}),
            "columns": _columns(column_meta),
            "data_tests": DATA_TESTS,
            "constraints": CONSTRAINTS,
            "docs": Keys({"show": FLAG, "node_color": TEXT}),
            "time_spine": TIME_SPINE,
        },
        required=("name", "description"),
        instead={**MOVED_TO_CONFIG, **INSTEAD},
    )


def unit_tests(variables: tuple[str, ...]) -> Rule:
    """Rule for `unit_tests`; a variable that the project doesn't have would be ignored.

    Args:
        variables: names of the project's variables.
    """
    rows = {
        "rows": Either(scalar=TEXT, sequence=Items(ANY)),
        "format": Scalar(("dict", "csv", "sql")),
        "fixture": TEXT,
    }
    known = dict.fromkeys((*variables, "rollup_grains", "rollup_dimensions"), ANY)
    return Items(
        Keys(
            {
                "name": TEXT,
                "description": TEXT,
                "model": TEXT,
                "given": Items(Keys({"input": TEXT, **rows}, required=("input",))),
                "expect": Keys(rows),
                "overrides": Keys({"vars": Keys(known), "macros": Named(ANY), "env_vars": ANY}),
                "config": Keys({"enabled": FLAG, "tags": TEXT_OR_TEXTS, "meta": Keys({})}),
            },
            required=("name", "model", "given", "expect"),
        )
    )


def model(kind: str) -> Keys:
    """Rule for one model.

    Args:
        kind: `landing`, `kpi`, `fixture` (of the KPI shape, for tests) or `other`; they have
            different `meta`.
    """
    conserved = Keys({"table": TEXT, "key": TEXT, "where": TEXT}, required=("table", "key"))
    rejects = Keys({"table": TEXT, "links": TEXT, "reasons": TEXTS}, required=("table", "reasons"))
    shared: dict[str, Rule] = {
        "publish": FLAG,
        "conserves": Items(conserved),
        "rejects": rejects,
        # What a Python model reads of the project's variables.
        "settings": Named(TEXT),
    }
    if kind == "landing":
        meta: Rule = Keys(LANDING_META, required=("table", "is_required"))
        return _node(MODEL_CONFIG, meta, LANDING_COLUMN_META)
    if kind == "kpi":
        return _node(MODEL_CONFIG, Keys({**shared, **KPI_META}, required=KPI_REQUIRED), Keys({}))
    if kind == "fixture":
        return _node(MODEL_CONFIG, Keys({**shared, **_without_required(KPI_META)}), Keys({}))
    return _node(MODEL_CONFIG, Keys(shared), Keys({}))


def _without_required(rules: dict[str, Rule]) -> dict[str, Rule]:
    """The same keys, none of them required, down to the keys of each named part or variant."""
    loose: dict[str, Rule] = {}
    for name, rule in rules.items():
        if isinstance(rule, Named) and isinstance(rule.value, Keys):
            rule = Named(Keys(rule.value.known))
        loose[name] = Keys(rule.known) if isinstance(rule, Keys) else rule
    return loose


SEED = _node(SEED_CONFIG, Keys({}), Keys({}))
SOURCE = Keys(
    {
        "name": TEXT,
        "description": TEXT,
        "schema": TEXT,
        "database": TEXT,
        "loader": TEXT,
        "quoting": ANY,
        "config": Keys({"enabled": FLAG, "meta": ANY, "freshness": ANY, "loaded_at_field": TEXT}),
        "tables": Items(
            Keys(
                {
                    "name": TEXT,
                    "identifier": TEXT,
                    "description": TEXT,
                    "config": ANY,
                    "columns": _columns(Keys({})),
                    "data_tests": DATA_TESTS,
                    "quoting": ANY,
                },
                required=("name",),
                instead=INSTEAD,
            )
        ),
    },
    required=("name",),
    instead=INSTEAD,
)
ARGUMENTS = Items(Keys({"name": TEXT, "type": TEXT, "description": TEXT}, required=("name",)))
MACRO = Keys(
    {"name": TEXT, "description": TEXT, "arguments": ARGUMENTS, "docs": ANY, "config": ANY},
    required=("name",),
)
SINGULAR_TEST = Keys(
    {"name": TEXT, "description": TEXT, "config": Keys(TEST_CONFIG)}, required=("name",)
)
OWNER = Keys({"name": TEXT, "email": TEXT})
GROUP = Keys({"name": TEXT, "owner": OWNER, "config": ANY}, required=("name", "owner"))
EXPOSURE = Keys(
    {
        "name": TEXT,
        "label": TEXT,
        "type": TEXT,
        "maturity": TEXT,
        "url": TEXT,
        "description": TEXT,
        "depends_on": TEXTS,
        "owner": OWNER,
        "config": ANY,
    },
    required=("name", "type", "owner"),
)


def property_file(kind: str, variables: tuple[str, ...]) -> Keys:
    """Rule for a whole file of properties.

    Args:
        kind: of its models, see `model`.
        variables: names of the project's variables.
    """
    return Keys(
        {
            "version": TEXT,
            "models": Items(model(kind)),
            "seeds": Items(SEED),
            "snapshots": Items(_node(MODEL_CONFIG, Keys({}), Keys({}))),
            "sources": Items(SOURCE),
            "unit_tests": unit_tests(variables),
            "data_tests": Items(SINGULAR_TEST),
            "macros": Items(MACRO),
            "exposures": Items(EXPOSURE),
            "analyses": Items(_node(MODEL_CONFIG, Keys({}), Keys({}))),
            "metrics": Items(METRIC),
            "semantic_models": Items(SEMANTIC_MODEL),
            "saved_queries": Items(SAVED_QUERY),
            "groups": Items(GROUP),
        }
    )


MAPPING_FILE = Keys(
    {"description": TEXT, "input": TEXT, "columns": TEXTS, "vars": Named(ANY)},
    required=("columns",),
)
PROJECT_FILE = Keys(
    dict.fromkeys(
        (
            *("name", "version", "config-version", "require-dbt-version", "profile", "flags"),
            *("vars", "on-run-start", "on-run-end", "model-paths", "seed-paths", "test-paths"),
            *("analysis-paths", "macro-paths", "snapshot-paths", "docs-paths", "clean-targets"),
            *("dispatch", "query-comment", "quoting", "snapshots", "sources", "data_tests"),
            *("unit_tests", "models", "seeds", "exposures", "semantic-models"),
        ),
        ANY,
    ),
    instead={"tests": "data_tests"},
)
