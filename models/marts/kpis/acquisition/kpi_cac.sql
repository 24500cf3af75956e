{%- set cost_groups = ['marketing', 'sales', 'overhead', 'paid_media', 'acquisition'] -%}
{%- set cost_measures = [
    'marketing_cost', 'sales_cost', 'overhead_cost', 'paid_media_cost', 'acquisition_cost',
] -%}
{%- set members = [
    'marketing_channel', 'campaign', 'program', 'initiative', 'tactic', 'acquisition_channel',
    'segment', 'industry',
] -%}
{#- Null instead of a flattering number where cost of one of their scopes is missing, or where its
    window begins before the first booking. -#}
{%- set ratios = [
    ('cac', 'acquisition_cost', 'new_customers', 'is_cost_missing'),
    ('cac_marketing_only', 'marketing_cost', 'new_customers', 'is_marketing_cost_missing'),
    ('cac_fully_loaded', 'fully_loaded_cost', 'new_customers', 'is_fully_loaded_cost_missing'),
    ('cac_paid_media', 'paid_media_cost', 'new_customers', 'is_marketing_cost_missing'),
    (
        'cac_per_customer_all', 'marketing_cost', 'customers_active_at_end',
        'is_marketing_cost_missing',
    ),
    ('cac_lagged', 'acquisition_cost_lagged', 'new_customers', 'is_lagged_cost_unknown'),
] -%}
with costs as (
    {{ cost_events(cost_groups, members) | indent(4) }}
),

lagged_costs as (
    select
        cost_id,
        cost_source,
        event_date + {{ var('cac_lag_days') }} as event_date,
        {{ members | join(', ') }},
        acquisition_cost as acquisition_cost_lagged
    from costs
),

new_customers as (
    select
        account_id,
        order_id,
        order_date as event_date,
        acquisition_channel,
        segment,
        industry,
        1 as new_customers,
        -- I4: a later full refund does not undo a new customer; this count leaves those out.
        case when is_fully_refunded then 0 else 1 end as new_customers_net
    from {{ ref('fct_new_customers') }}
),

active_members as (
    select
        spells.account_id,
        greatest(spells.active_from, accounts.valid_from_date) as active_from,
        least(spells.active_to, accounts.valid_to_date) as active_to,
        coalesce(accounts.acquisition_channel, '(unattributed)') as acquisition_channel,
        coalesce(accounts.segment, '(unknown)') as segment,
        coalesce(accounts.industry, '(unknown)') as industry
    from {{ ref('fct_account_spells') }} as spells
    left join {{ ref('dim_accounts') }} as accounts
        on
            spells.account_id = accounts.account_id
            and spells.active_from < accounts.valid_to_date
            and spells.active_to > accounts.valid_from_date
),

active_at_end as (
    select
        *,
        1 as customers_active_at_end
    from (
        {{ active_spells(
            'active_members', ['account_id', 'acquisition_channel', 'segment', 'industry'], 'end'
        ) | indent(8) }}
    ) as spells
),

cost_gaps as (
    {{ cost_gaps({
        'is_cost_missing': 'acquisition',
        'is_marketing_cost_missing': 'marketing',
        'is_fully_loaded_cost_missing': 'fully_loaded',
        'is_lagged_cost_missing': {'group': 'acquisition', 'lag_days': var('cac_lag_days')},
    }) | indent(4) }}
),

-- Cost is booked by the month, so the month of the first booking is known as a whole.
first_bookings as (
    select cast(date_trunc('month', min(cost_date)) as date) as first_month_start
    from {{ ref('fct_costs') }}
    where is_eligible and cost_scope in ({{ cost_scopes('acquisition') }})
),

flags as (
    select
        cost_gaps.*,
        coalesce(
            cost_gaps.period_start - {{ var('cac_lag_days') }} < first_bookings.first_month_start,
            true
        ) as is_window_before_history,
        cost_gaps.is_lagged_cost_missing or is_window_before_history as is_lagged_cost_unknown
    from cost_gaps
    cross join first_bookings
),

rollup as (
    {{ kpi_rollup([
        {'relation': 'costs', 'kind': 'events', 'measures': cost_measures},
        {'relation': 'lagged_costs', 'kind': 'events', 'measures': ['acquisition_cost_lagged']},
        {
            'relation': 'new_customers', 'kind': 'events', 'conversion': 'order_id',
            'measures': ['new_customers', 'new_customers_net'],
        },
        {
            'relation': 'active_at_end', 'kind': 'spells',
            'measures': ['customers_active_at_end'],
            'dimensions': ['acquisition_channel', 'segment', 'industry'],
        },
    ]) | indent(4) }}
),

final as (
    select
        rollup.period_grain,
        rollup.period_start,
        rollup.period_end,
        rollup.dimension,
        rollup.dimension_value,
        {%- for part in cost_measures + ['acquisition_cost_lagged'] %}
        cast(rollup.{{ part }} as decimal(18, 4)) as {{ part }},
        {%- endfor %}
        cast(rollup.acquisition_cost + rollup.overhead_cost as decimal(18, 4))
            as fully_loaded_cost,
        cast(rollup.new_customers as decimal(18, 8)) as new_customers,
        cast(rollup.new_customers_net as decimal(18, 8)) as new_customers_net,
        -- An account is active whatever its touches were: it has no channel of a conversion.
        case
            when rollup.dimension in ('total', 'acquisition_channel', 'segment', 'industry')
                then cast(rollup.customers_active_at_end as bigint)
        end as customers_active_at_end,
        {%- for name, cost, customers, flag in ratios %}
        case
            when not flags.{{ flag }}
                then {{ safe_ratio(cost, customers) }}
        end as {{ name }},
        {%- endfor %}
        flags.is_cost_missing,
        flags.is_marketing_cost_missing,
        flags.is_fully_loaded_cost_missing,
        flags.is_lagged_cost_missing,
        flags.is_window_before_history,
        flags.is_fx_missing,
        rollup.is_complete_period,
        rollup.is_complete_period as is_mature,
        rollup.as_of
    from rollup
    left join flags
        on
            rollup.period_grain = flags.period_grain
            and rollup.period_start = flags.period_start
)

select * from final
