with days as (
    select
        date_day,
        period_grain,
        from_index,
        to_index,
        last_index
    from {{ ref('int_dates__trailing_years') }}
),

spells as (
    select
        account_id,
        active_from,
        active_to
    from {{ ref('fct_account_spells') }}
),

members as (
    select
        account_id,
        valid_from_date,
        valid_to_date,
        segment,
        industry,
        account_size_band,
        acquisition_channel,
        cohort_month
    from {{ ref('int_accounts__members') }}
),

-- A spell that outlasts a version of its account goes on under the next one.
stretches as (
    select
        members.*,
        greatest(spells.active_from, members.valid_from_date) as starts_on,
        least(spells.active_to, members.valid_to_date) as ends_on
    from spells
    inner join members
        on
            spells.account_id = members.account_id
            and spells.active_from < members.valid_to_date
            and spells.active_to > members.valid_from_date
),

-- The days of a window are those before its end less those before its start, and the days before
-- a date are, over all edges before it, their distance to it: starts add, ends subtract. So every
-- window is counted exactly from its edges, and no row is made for each active day.
edges as (
    select
        {{ columns_except(['starts_on', 'ends_on']) }},
        starts_on as edge_date,
        1 as sign
    from stretches
    union all
    select
        {{ columns_except(['starts_on', 'ends_on']) }},
        ends_on as edge_date,
        -1 as sign
    from stretches
),

numbered as (
    select
        edges.*,
        days.period_grain,
        days.from_index as first_to_end_after,
        days.to_index + 1 as first_to_start_after,
        days.last_index,
        {{ days_between("date '1970-01-01'", 'edges.edge_date') }} * edges.sign
            as signed_day
    from edges
    inner join days
        on edges.edge_date = days.date_day
),

final as (
    {% for name, from_index in {
        'end': 'first_to_end_after', 'start': 'first_to_start_after'
    }.items() -%}
    select
        account_id,
        period_grain,
        {{ from_index }} as from_index,
        last_index as to_index,
        segment,
        industry,
        account_size_band,
        acquisition_channel,
        cohort_month,
        sum({{ 'sign' if name == 'end' else 0 }}) as edges_before_end,
        sum({{ 'signed_day' if name == 'end' else 0 }}) as edge_days_before_end,
        sum({{ 'sign' if name == 'start' else 0 }}) as edges_before_start,
        sum({{ 'signed_day' if name == 'start' else 0 }}) as edge_days_before_start
    from numbered
    where {{ from_index }} <= last_index
    group by all
    {% if not loop.last -%}
    union all
    {% endif -%}
    {% endfor -%}
)

select * from final
