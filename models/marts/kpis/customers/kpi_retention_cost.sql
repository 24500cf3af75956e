{%- set measures = ['retention_cost', 'acquisition_cost'] -%}
with costs as (
    {{ cost_events(['retention', 'acquisition'], ['segment']) | indent(4) }}
),

-- Without a single booking nobody can say what keeping customers costs.
bookings as (
    select count(*) = 0 as is_source_missing
    from {{ ref('fct_costs') }}
    where is_eligible and cost_scope in ({{ cost_scopes('retention') }})
),

retained as (
    select
        account_id,
        period_grain,
        period_index as from_index,
        period_index as to_index,
        segment,
        1 as customers_retained
    from {{ ref('fct_account_periods') }}
    where is_retained
),

new_customers as (
    select
        account_id,
        order_id,
        order_date as event_date,
        segment,
        1 as new_customers
    from {{ ref('fct_new_customers') }}
),

cost_gaps as (
    {{ cost_gaps(
        {
            'is_retention_cost_missing': 'retention',
            'is_cost_missing': 'acquisition_and_retention',
        },
        converted='acquisition_and_retention'
    ) | indent(4) }}
),

rollup as (
    {{ kpi_rollup([
        {'relation': 'costs', 'kind': 'events', 'measures': measures},
        {'relation': 'retained', 'kind': 'spells', 'measures': ['customers_retained']},
        {'relation': 'new_customers', 'kind': 'events', 'measures': ['new_customers']},
    ]) | indent(4) }}
),

booked as (
    select
        {{ columns_except(['retention_cost'], 'rollup') }},
        case when not bookings.is_source_missing then rollup.retention_cost end as retention_cost,
        bookings.is_source_missing
    from rollup
    cross join bookings
),

final as (
    select
        booked.period_grain,
        booked.period_start,
        booked.period_end,
        booked.dimension,
        booked.dimension_value,
        cast(booked.retention_cost as decimal(18, 4)) as retention_cost,
        cast(booked.customers_retained as bigint) as customers_retained,
        cast(booked.acquisition_cost as decimal(18, 4)) as acquisition_cost,
        cast(booked.new_customers as bigint) as new_customers,
        case
            when not cost_gaps.is_retention_cost_missing
                then {{ safe_ratio('retention_cost', 'customers_retained') }}
        end as retention_cost_per_customer,
        case
            when not cost_gaps.is_cost_missing
                then {{ safe_ratio(
                    safe_ratio('retention_cost', 'customers_retained'),
                    safe_ratio('acquisition_cost', 'new_customers')
                ) }}
        end as retention_cost_to_cac,
        booked.is_source_missing,
        cost_gaps.is_retention_cost_missing,
        cost_gaps.is_cost_missing,
        cost_gaps.is_fx_missing,
        booked.is_complete_period,
        booked.is_complete_period as is_mature,
        booked.as_of
    from booked
    left join cost_gaps
        on
            booked.period_grain = cost_gaps.period_grain
            and booked.period_start = cost_gaps.period_start
)

select * from final
