{#- What customers are worth over their lifetime, from the twelve months that end with each period:
    the rules that kpi_clv, kpi_unit_economics and kpi_customer_equity share, in the KPI shape.

    measures: columns of fct_trailing_years to add to those that every lifetime needs. What a year
    and a lifetime bring is worked out for `order_value` (as value) and `gross_margin` (as margin).

    Columns: those of kpi_rollup; customers_at_end, account_days, account_years, lifetime_years,
    is_lifetime_capped, is_lifetime_unknown, is_window_before_history, is_cost_missing,
    is_fx_missing (of cost); yearly_<x> per account, lifetime_<x> and discounted_<x> of each of the
    two; cac, if acquisition_cost is asked for. -#}
{% macro lifetime_rollup(measures) %}
    {%- set basis = [
        'customers_at_start', 'customers_lost', 'edges_before_end', 'edge_days_before_end',
        'edges_before_start', 'edge_days_before_start',
    ] -%}
    {%- set epoch = "date '1970-01-01'" -%}
    {%- set lifetime_cap = var('clv_lifetime_cap_years') -%}
    {%- set brought = {} -%}
    {%- for measure, name in {'order_value': 'value', 'gross_margin': 'margin'}.items()
        if measure in measures -%}
        {%- do brought.update({measure: name}) -%}
    {%- endfor %}
with trailing_years as (
    select *
    from {{ ref('fct_trailing_years') }}
    -- Members that only bear what is not asked for are none of this table.
    where {{ (basis + measures) | join(' != 0 or ') }} != 0
),

rollup as (
    {{ kpi_rollup([
        {'relation': 'trailing_years', 'kind': 'spells', 'measures': basis + measures},
    ]) | indent(4) }}
),

clock as (
    select
        as_of_date,
        first_order_date
    from {{ ref('int_build__clock') }}
),

windows as (
    select
        periods.period_grain,
        periods.period_start,
        {{ days_between(epoch, 'periods.trailing_year_start') }} as start_day,
        {{ days_between(epoch, 'least(periods.period_end, clock.as_of_date + 1)') }} as end_day,
        -- Nobody knows who was a customer before the first month with orders.
        coalesce(
            periods.trailing_year_start < date_trunc('month', clock.first_order_date), true
        ) as is_window_before_history
    from {{ ref('dim_periods') }} as periods
    cross join clock
),

year_cost_gaps as (
    select
        periods.period_grain,
        periods.period_start,
        bool_or(coverage.is_cost_missing) as is_cost_missing,
        bool_or(coverage.rows_without_rate > 0) as is_fx_missing
    from {{ ref('dim_periods') }} as periods
    inner join {{ ref('int_costs__coverage') }} as coverage
        on
            periods.period_end > coverage.month_start
            and periods.trailing_year_start < coverage.month_end
    where coverage.cost_scope in ({{ cost_scopes('acquisition') }})
    group by periods.period_grain, periods.period_start
),

-- An account is active at the end if more of its edges before the end are starts than ends.
counted as (
    select
        rollup.*,
        rollup.edges_before_end as customers_at_end,
        windows.end_day * rollup.edges_before_end - rollup.edge_days_before_end
        - (windows.start_day * rollup.edges_before_start - rollup.edge_days_before_start)
            as account_days,
        rollup.customers_at_start > {{ lifetime_cap }} * rollup.customers_lost
            as is_lifetime_capped,
        windows.is_window_before_history,
        coalesce(year_cost_gaps.is_cost_missing, false) as is_cost_missing,
        coalesce(year_cost_gaps.is_fx_missing, false) as is_fx_missing
    from rollup
    inner join windows
        on
            rollup.period_grain = windows.period_grain
            and rollup.period_start = windows.period_start
    left join year_cost_gaps
        on
            rollup.period_grain = year_cost_gaps.period_grain
            and rollup.period_start = year_cost_gaps.period_start
),

lifetimes as (
    select
        *,
        -- Null when nobody was there at the start: none lost of none says nothing.
        case
            when is_window_before_history then null
            when is_lifetime_capped then cast({{ lifetime_cap }} as double)
            else {{ safe_ratio('customers_at_start', 'customers_lost') }}
        end as lifetime_years,
        cast(account_days as double) / 365 as account_years
    from counted
),

yearly as (
    select
        *,
        {%- for measure, name in brought.items() %}
        {{ safe_ratio(measure, 'account_years') }} as yearly_{{ name }},
        {%- endfor %}
        {%- if 'acquisition_cost' in measures %}
        -- No cost is booked by industry, size or cohort.
        case
            when dimension in ('total', 'segment', 'acquisition_channel') and not is_cost_missing
                then {{ safe_ratio('acquisition_cost', 'new_customers') }}
        end as cac,
        {%- endif %}
        account_days > 0 and lifetime_years is null as is_lifetime_unknown,
        {{ present_value_of_years('lifetime_years') }} as discounted_years
    from lifetimes
)

select
    *
    {%- for name in brought.values() %},
    yearly_{{ name }} * lifetime_years as lifetime_{{ name }},
    yearly_{{ name }} * discounted_years as discounted_{{ name }}
    {%- endfor %}
from yearly
{%- endmacro %}
