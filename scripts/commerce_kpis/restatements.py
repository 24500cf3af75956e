"""Why a reported value changed: from the rows behind it, before and now.

For each KPI with changed values the rows that its SQL sums are compared between the published file
and the new one. Each row that differs has a cause; what it brings to a changed cell counts for that
cause, and the largest one is the reason.
"""

from __future__ import annotations

import duckdb

from commerce_kpis.evidence import KpiQuery, Relation, kpi_query
from commerce_kpis.sql import quoted, text

ID_ENDINGS = ("_id", "email_hash", "respondent")
UNIT = "account_id"


def give_reasons(connection: duckdb.DuckDBPyConnection, before: str | None, now: str) -> None:
    """Fill `reason` of the temporary table `changes` where it is null.

    Args:
        before: the published file; None if it is gone, and only its ledger is left.
        now: the new file.
    """
    kpis = connection.execute(
        "select distinct kpi from changes where reason is null order by kpi"
    ).fetchall()
    if before and kpis and _is_same_input(connection, before, now):
        connection.execute("update changes set reason = 'rule_change' where reason is null")
    elif before and kpis and _has_facts(connection, before):
        _find_causes(connection, before, now)
        for (kpi,) in kpis:
            was, is_now = kpi_query(connection, before, kpi), kpi_query(connection, now, kpi)
            if was and is_now:
                _give_reasons_of_kpi(connection, kpi, was, is_now)
    # What no row explains moved by itself, or the source says something else now.
    connection.execute(
        """
        update changes
        set reason = case when is_mature_before then 'source_correction' else 'matured' end
        where reason is null
        """
    )


def _is_same_input(connection: duckdb.DuckDBPyConnection, before: str, now: str) -> bool:
    """Whether both files hold the same raw rows as known at the same moment: then only a rule can
    have changed."""
    try:
        row = connection.execute(
            f"""
            select was.input_hash = is_now.input_hash and was.as_of = is_now.as_of
            from {before}.trust.build_info as was
            cross join {now}.trust.build_info as is_now
            """
        ).fetchone()
    except duckdb.BinderException:  # a file of an earlier version
        return False
    return row == (True,)


def _has_facts(connection: duckdb.DuckDBPyConnection, catalog: str) -> bool:
    """Whether a published file holds what its numbers can be explained with."""
    found = connection.execute(
        "select count(*) from duckdb_tables() where database_name = ? and schema_name || '.' "
        "|| table_name in ('trust.kpi_queries', 'core.fct_sales_entries', 'core.fct_costs')",
        [catalog],
    ).fetchone()
    return found[0] == 3


def _find_causes(connection: duckdb.DuckDBPyConnection, before: str, now: str) -> None:
    """Make `causes`: ids whose money is new, moved or changed, with what became of them.

    A refund, cancellation or cost is late whenever it comes. An order is, if it was placed before
    the earlier clock; one placed after it lets a value mature and restates none.
    """
    money = ("gross_sales", "discounts", "returns", "cancellations", "tax", "shipping")
    local = ("entry_date", "net_sales_local", "tax_local", "shipping_local")

    def listed(alias: str, names: tuple[str, ...]) -> str:
        return "(" + ", ".join(f"{alias}.{name}" for name in names) + ")"

    connection.execute(
        f"""
        create or replace temp table entry_causes as
        with was as (
            select * from {before}.core.fct_sales_entries where is_eligible
        ),

        is_now as (
            select * from {now}.core.fct_sales_entries where is_eligible
        ),

        gone as (
            select distinct account_id from {before}.core.dim_accounts
            except
            select account_id from {now}.core.dim_accounts
        )

        select
            coalesce(is_now.entry_id, was.entry_id) as entry_id,
            coalesce(is_now.order_id, was.order_id) as order_id,
            was.account_id as account_id_before,
            is_now.account_id,
            case
                when is_now.entry_id is null then 'source_correction'
                when was.account_id != is_now.account_id and gone.account_id is not null
                    then 'identity_merge'
                when {listed("was", local)} = {listed("is_now", local)} then 'fx_rate'
                when was.entry_id is not null then 'source_correction'
                when is_now.refund_id is not null then 'late_refund'
                when is_now.entry_type like 'cancellation%' then 'cancellation'
                when is_now.entry_date > cast(info.as_of as date) then 'matured'
                else 'late_order'
            end as reason,
            abs({" + ".join(f"coalesce(is_now.{name}, was.{name})" for name in money)})
                as weight
        from was
        full join is_now on was.entry_id = is_now.entry_id
        left join gone on was.account_id = gone.account_id
        cross join {before}.trust.build_info as info
        where
            (was.account_id, {listed("was", money + local)})
            is distinct from (is_now.account_id, {listed("is_now", money + local)})
        """
    )
    connection.execute(
        f"""
        create or replace temp table causes as
        select id_name, id, arg_max(reason, weight) as reason
        from (
            unpivot (select entry_id, order_id, account_id, reason, weight from entry_causes)
            on entry_id, order_id, account_id into name id_name value id
            union all by name
            select 'account_id' as id_name, account_id_before as id, reason, weight
            from entry_causes
            where account_id_before is distinct from account_id
            union all by name
            select 'cost_id' as id_name, is_now.cost_id as id, 'late_cost' as reason, 1 as weight
            from {now}.core.fct_costs as is_now
            anti join {before}.core.fct_costs as was
                on is_now.cost_id = was.cost_id and was.is_eligible
            where is_now.is_eligible
        ) as found
        where id is not null
        group by id_name, id
        """
    )


def _give_reasons_of_kpi(
    connection: duckdb.DuckDBPyConnection, kpi: str, was: KpiQuery, is_now: KpiQuery
) -> None:
    """Weigh the causes of the rows that differ, and give each changed value its largest."""
    connection.execute(
        f"""
        create or replace temp table changed_cells as
        select distinct
            changes.period_grain, changes.period_start, changes.dimension,
            changes.dimension_value, changes.period_end, periods.period_index
        from changes
        inner join published.core.dim_periods as periods
            on
                changes.period_grain = periods.period_grain
                and changes.period_start = periods.period_start
        where changes.kpi = {text(kpi)} and changes.reason is null;

        create or replace temp table weights (
            period_grain varchar, period_start date, dimension varchar, dimension_value varchar,
            cause varchar, part varchar, weight double
        )
        """
    )
    dimensions = [
        row[0]
        for row in connection.execute("select distinct dimension from changed_cells").fetchall()
    ]
    known = {relation.name: relation for relation in was.relations}
    # Squares and products for intervals are columns of no table.
    table = {row[0] for row in connection.execute(f"describe published.kpi.kpi_{kpi}").fetchall()}
    for relation in is_now.relations:
        asked = [name for name in dimensions if table.intersection(relation.measures_of(name))]
        if not asked or relation.name not in known:
            continue
        rows_before = was.select(known[relation.name].rows)
        if _find_differing(connection, was, rows_before, is_now.select(relation.rows)):
            for dimension in asked:
                _weigh(connection, relation, dimension)
    _take_largest(connection, kpi)


def _find_differing(
    connection: duckdb.DuckDBPyConnection, was: KpiQuery, rows_before: str, rows_now: str
) -> bool:
    """Make `differing`: rows of a relation that one file has and the other has not, with their
    `sign` and `cause`; whether there are any."""
    for name, rows in (("rows_before", rows_before), ("rows_now", rows_now)):
        connection.execute(f"create or replace temp table {name} as {rows}")
    before, now = (
        [row[0] for row in connection.execute(f"describe {name}").fetchall()]
        for name in ("rows_before", "rows_now")
    )
    columns = ", ".join(quoted(name) for name in now if name in before)
    ids = [name for name in now if name in before and name.endswith(ID_ENDINGS)]
    row_ids = [name for name in ids if name != UNIT] or ids or ["null"]
    by_unit = f"of_{UNIT}.reason" if UNIT in ids else "null"
    by_row = [f"of_{name}.reason" for name in ids if name != UNIT] or [by_unit]
    connection.execute(
        f"""
        create or replace temp table differing as
        with signed as (
            select *, 1 as sign
            from (select {columns} from rows_now except all select {columns} from rows_before)
            union all
            select *, -1 as sign
            from (select {columns} from rows_before except all select {columns} from rows_now)
        ),

        keyed as (
            select
                *,
                hash({", ".join(row_ids)}) as row_key,
                bool_or(sign = -1) over of_row as was_there,
                {f"count(distinct {UNIT}) over of_row > 1" if UNIT in ids else "false"} as is_moved,
                {"event_date" if "event_date" in before and "event_date" in now else "null"}
                > (select cast(as_of as date) from {was.catalog}.trust.build_info) as is_after
            from signed
            window of_row as (partition by {", ".join(row_ids)})
        )

        select
            keyed.*,
            coalesce(
                {", ".join(by_row)},
                case
                    when keyed.is_moved then 'identity_merge'
                    when not keyed.was_there and keyed.is_after then 'matured'
                    when not keyed.was_there then 'late_event'
                end,
                {by_unit}
            ) as cause
        from keyed
        {
            " ".join(
                f"left join causes as of_{name} on of_{name}.id_name = {text(name)} "
                f"and of_{name}.id = cast(keyed.{name} as varchar)"
                for name in ids
            )
        }
        """
    )
    return connection.execute("select count(*) from differing").fetchone()[0] > 0


def _weigh(connection: duckdb.DuckDBPyConnection, relation: Relation, dimension: str) -> None:
    """Add to `weights` what differing rows bring to the changed cells of a dimension, by cause."""
    measures = relation.measures_of(dimension)
    sums = ", ".join(
        f"cast(sum(behind.sign * behind.{name}) as double) as {name}" for name in measures
    )
    connection.execute(
        f"""
        insert into weights
        select
            period_grain, period_start, dimension, dimension_value, cause, part,
            sum(abs(brought)) as weight
        from (
            unpivot (
                select
                    cells.period_grain, cells.period_start, cells.dimension,
                    cells.dimension_value, behind.cause, behind.row_key, {sums}
                from changed_cells as cells
                inner join differing as behind on {relation.condition(dimension)}
                where cells.dimension = {text(dimension)}
                group by all
            ) on {", ".join(measures)} into name part value brought
        )
        where brought != 0
        group by all
        """
    )


def _take_largest(connection: duckdb.DuckDBPyConnection, kpi: str) -> None:
    """Give each changed value of a KPI the cause that weighs most in it.

    The rows of its own parts come first; where a part is made of several measures, all rows count.
    """
    connection.execute(
        f"""
        update changes
        set reason = case
            -- What comes into a window that is still open is not late.
            when largest.cause = 'late_event' and not changes.is_mature_before then 'matured'
            else largest.cause
        end
        from (
            select
                changes.rowid as change,
                weights.cause,
                coalesce(
                    weights.part in (catalog.numerator, catalog.denominator, catalog.variant), false
                ) as is_of_part
            from changes
            inner join published.kpi.kpi_catalog as catalog
                on changes.kpi = catalog.kpi and changes.variant = catalog.variant
            inner join weights
                on
                    changes.period_grain = weights.period_grain
                    and changes.period_start = weights.period_start
                    and changes.dimension = weights.dimension
                    and changes.dimension_value = weights.dimension_value
            where changes.kpi = {text(kpi)} and changes.reason is null
            group by changes.rowid, weights.cause, is_of_part
            qualify
                row_number() over (
                    partition by changes.rowid
                    order by is_of_part desc, sum(weights.weight) desc, weights.cause asc
                ) = 1
        ) as largest
        where changes.rowid = largest.change
        """
    )
