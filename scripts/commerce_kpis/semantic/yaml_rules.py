"""The keys of semantic models, metrics and saved queries, for yaml_grammar."""

from __future__ import annotations

from commerce_kpis.yaml_grammar import Anything, Either, Items, Keys, Named, Rule, Scalar

ANY = Anything()
TEXT = Scalar()
TEXTS = Items(TEXT)
EQUALS = {"equals": TEXTS, "unit": TEXT, "grains": TEXTS}


def _config(meta: dict[str, Rule]) -> Keys:
    return Keys({"meta": Keys(meta), "enabled": TEXT, "tags": TEXTS})


TIME_SPINE = Keys(
    {
        "standard_granularity_column": TEXT,
        "custom_granularities": Items(
            Keys({"name": TEXT, "column_name": TEXT}, required=("name", "column_name"))
        ),
    },
    required=("standard_granularity_column",),
)
SEMANTIC_MODEL = Keys(
    {
        "name": TEXT,
        "description": TEXT,
        "model": TEXT,
        "config": _config(
            {
                "one_month": TEXT,
                "derived": Named(TEXT),
                "equals": Named(TEXTS),
                "offsets": Named(Keys({"metric": TEXT, "by": TEXT}, required=("metric", "by"))),
                "conversions": Named(
                    Keys(
                        {"entity": TEXT, "from": TEXT, "to": TEXT, "window": TEXT},
                        required=("entity", "from", "to", "window"),
                    )
                ),
                "known": Items(
                    Keys({"scopes": TEXTS, "columns": TEXTS}, required=("scopes", "columns"))
                ),
            }
        ),
        "defaults": Keys({"agg_time_dimension": TEXT}),
        "primary_entity": TEXT,
        "entities": Items(
            Keys(
                {
                    "name": TEXT,
                    "type": Scalar(("primary", "unique", "foreign")),
                    "expr": TEXT,
                },
                required=("name", "type"),
            )
        ),
        "dimensions": Items(
            Keys(
                {
                    "name": TEXT,
                    "type": Scalar(("categorical", "time")),
                    "expr": TEXT,
                    "type_params": Keys({"time_granularity": TEXT}),
                },
                required=("name", "type"),
            )
        ),
        "measures": Items(
            Keys(
                {
                    "name": TEXT,
                    "description": TEXT,
                    "agg": Scalar(("sum", "count_distinct", "median", "percentile")),
                    "agg_params": Keys({"percentile": TEXT}),
                    "agg_time_dimension": TEXT,
                    "expr": TEXT,
                    "non_additive_dimension": Keys(
                        {
                            "name": TEXT,
                            "window_choice": Scalar(("min", "max")),
                            "window_groupings": TEXTS,
                        }
                    ),
                    "config": _config({"equals": TEXTS, "is_cumulative": TEXT, "filter": TEXT}),
                },
                required=("name", "agg", "expr"),
            )
        ),
    },
    required=("name", "description", "model"),
    instead={"meta": "config: {meta: ...}", "agg_time_dimension": "defaults: ..."},
)
METRIC = Keys(
    {
        "name": TEXT,
        "label": TEXT,
        "description": TEXT,
        "type": Scalar(("simple", "ratio", "derived", "cumulative", "conversion")),
        # dbt checks what is below it.
        "type_params": ANY,
        "filter": TEXT,
        "config": _config(EQUALS),
    },
    required=("name", "label", "description", "type", "type_params"),
)
SAVED_QUERY = Keys(
    {
        "name": TEXT,
        "label": TEXT,
        "description": TEXT,
        "query_params": Keys(
            {
                "metrics": TEXTS,
                "group_by": TEXTS,
                "where": Either(scalar=TEXT, sequence=TEXTS),
                "order_by": TEXTS,
                "limit": TEXT,
            },
            required=("metrics",),
        ),
    },
    required=("name", "description", "query_params"),
)
