"""The tables of the ledger of reported values, and how they are read."""

from __future__ import annotations

import duckdb

from commerce_kpis.sql import text

KEY = ("kpi", "variant", "period_grain", "period_start", "dimension", "dimension_value")
CONTENT = ("period_end", "numerator", "denominator", "value", "value_status", "is_mature")
DEFINITION = ("definition_version", "definition_hash")
TABLES = {
    "kpi_publishings": """
        publishing_number integer primary key,
        known_from timestamp not null,
        as_of timestamp not null,
        build_id varchar not null,
        code_version varchar,
        landing varchar not null,
        rows_added bigint not null,
        rows_hash varchar not null
    """,
    "kpi_reported_values": """
        publishing_number integer not null,
        kpi varchar not null,
        variant varchar not null,
        period_grain varchar not null,
        period_start date not null,
        dimension varchar not null,
        dimension_value varchar not null,
        period_end date not null,
        numerator decimal(38, 12),
        denominator decimal(38, 12),
        value double,
        value_status varchar,
        is_mature boolean,
        definition_version integer,
        definition_hash varchar,
        reason varchar not null,
        is_removed boolean not null
    """,
}
REPORTED = """
    select
        reported.* exclude (publishing_number),
        publishings.known_from,
        lead(publishings.known_from) over of_the_value as known_to,
        lag(reported.value) over of_the_value as value_before,
        publishings.as_of,
        reported.publishing_number
    from trust.kpi_reported_values as reported
    inner join trust.kpi_publishings as publishings
        on reported.publishing_number = publishings.publishing_number
    window of_the_value as (
        partition by
            reported.kpi, reported.variant, reported.period_grain, reported.period_start,
            reported.dimension, reported.dimension_value
        order by reported.publishing_number
    )
"""
# The values that were known at a moment: `from trust.kpi_reported_at('2025-07-10')`.
REPORTED_AT = """
    select * exclude (known_to, value_before)
    from trust.kpi_reported
    where
        known_from <= cast(moment as timestamp)
        and coalesce(known_to > cast(moment as timestamp), true)
        and not is_removed
"""
COMMENTS = {
    "kpi_publishings": (
        "One row per publishing: when, of which build, and how many values it reported.",
        {
            "publishing_number": "1 for the first, then one more each time.",
            "known_from": "Moment of publishing, UTC. The machine's clock.",
            "as_of": "The data's own clock then, UTC.",
            "build_id": "The build that was published.",
            "code_version": "The project's code as git names it; null without git.",
            "landing": "Where its raw tables came from: seeds, files or schema.",
            "rows_added": "Rows of kpi_reported_values that it added.",
            "rows_hash": "Hash of these rows in any order, to notice a damaged ledger.",
        },
    ),
    "kpi_reported_values": (
        "One row per publishing and value that was new, had changed or was gone since it was last "
        "reported: complete periods, totals and dimensions marked is_reported. Rows are only ever "
        "added. Read the view trust.kpi_reported.",
        {
            "publishing_number": "The publishing that added the row.",
            "kpi": "KPI, as in kpi_values.",
            "variant": "Variant of the KPI.",
            "period_grain": "Grain of the period.",
            "period_start": "First day of the period.",
            "dimension": "`total`, or the dimension.",
            "dimension_value": "`all`, or its member.",
            "period_end": "First day after the period.",
            "numerator": "Numerator as reported; null for a statistic.",
            "denominator": "Denominator as reported; null for a sum or a statistic.",
            "value": "Value as reported; null with a status that says why.",
            "value_status": "Status as reported.",
            "is_mature": "Whether it could no longer move by itself then.",
            "definition_version": "Version of the definition that it was reported with.",
            "definition_hash": "Hash of that definition.",
            "reason": (
                "first_report, or what changed the value most: late_order, late_refund, "
                "cancellation, late_cost, late_event, identity_merge, fx_rate, source_correction, "
                "matured, rule_change, definition_change."
            ),
            "is_removed": "The value is no longer there; value and parts are null.",
        },
    ),
}

OF_THE_VIEW = (
    "One row per value as it was reported, from known_from until known_to, and why it changed. "
    "The macro trust.kpi_reported_at(moment) gives the values that were known at a moment."
)
ADDED = {
    "known_to": "Moment from which another row holds, UTC; null if this one still does.",
    "value_before": "What was reported before; null at first.",
}


def create_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables and views of an empty ledger in schema trust, with what they mean."""
    for name, columns in TABLES.items():
        connection.execute(f"create table trust.{name} ({columns})")
    connection.execute(f"create view trust.kpi_reported as {REPORTED}")
    connection.execute(f"create macro trust.kpi_reported_at(moment) as table {REPORTED_AT}")
    meanings = dict(ADDED)
    for _, columns in COMMENTS.values():
        meanings |= columns
    view = connection.execute("describe trust.kpi_reported").fetchall()
    described = {
        **COMMENTS,
        "kpi_reported": (OF_THE_VIEW, {row[0]: meanings[row[0]] for row in view}),
    }
    for name, (comment, columns) in described.items():
        kind = "view" if name == "kpi_reported" else "table"
        connection.execute(f"comment on {kind} trust.{name} is {text(comment)}")
        for column, meaning in columns.items():
            connection.execute(f"comment on column trust.{name}.{column} is {text(meaning)}")
