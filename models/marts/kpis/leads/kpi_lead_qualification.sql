{#- Parts by the date that they are counted on. -#}
{%- set dated = {
    'lead_created_date': {
        'leads': 'true',
        'leads_mql': 'mql_at is not null',
    },
    'mql_date': {
        'mqls': 'mql_at is not null',
        'mqls_imputed': 'is_mql_imputed',
        'mqls_to_sql': "mql_outcome = 'sql'",
        'mqls_to_customer': 'customer_at is not null',
        'mqls_rejected': "mql_outcome = 'rejected'",
        'mqls_recycled': "mql_outcome = 'recycled'",
        'mqls_open': "mql_outcome = 'open'",
        'mqls_now_sql': "current_stage in ('sql', 'opportunity', 'customer')",
        'mqls_responded': 'response_hours is not null',
    },
    'sql_date': {
        'sqls': 'sql_at is not null',
        'sqls_to_customer': 'customer_at is not null',
    },
    'customer_date': {
        'customers': 'true',
        'customers_never_mql': 'not has_recorded_mql',
    },
} -%}
{%- set members = [
    'lead_source', 'marketing_channel', 'campaign', 'sales_rep', 'industry', 'score_band',
] -%}
with leads as (
    select
        lead_id,
        account_id,
        lead_created_date,
        mql_at,
        mql_date,
        sql_at,
        sql_date,
        customer_at,
        customer_date,
        is_mql_imputed,
        has_recorded_mql,
        mql_outcome,
        current_stage,
        -- An imputed MQL was handed over in no moment that anybody could answer to.
        case when not is_mql_imputed then mql_response_hours end as response_hours,
        {{ members | join(', ') }}
    from {{ ref('fct_leads') }}
    where is_strict and is_eligible
),

{% for date_column, parts in dated.items() -%}
by_{{ date_column }} as (
    select
        lead_id,
        account_id,
        {%- for name, condition in parts.items() %}
        case when {{ condition }} then 1 else 0 end as {{ name }},
        {%- endfor %}
        {{ date_column }} as event_date,
        {{ members | join(', ') }},
        response_hours
    from leads
    where {{ date_column }} is not null
),

{% endfor -%}
reentries as (
    select
        entries.stage_entry_id,
        leads.lead_id,
        leads.account_id,
        entries.entered_date as event_date,
        {%- for name in members %}
        leads.{{ name }},
        {%- endfor %}
        1 as stage_reentries
    from {{ ref('fct_lead_stage_entries') }} as entries
    inner join leads on entries.lead_id = leads.lead_id
    where entries.is_eligible and entries.is_reentry
),

medians as (
    {{ cell_quantiles('by_mql_date', {'mql_response_hours_median': ['response_hours', 0.5]})
        | indent(4) }}
),

rollup as (
    {%- set inputs = [
        {'relation': 'reentries', 'kind': 'events', 'measures': ['stage_reentries']},
    ] -%}
    {%- for date_column, parts in dated.items() -%}
        {%- do inputs.append({
            'relation': 'by_' ~ date_column, 'kind': 'events', 'measures': parts.keys() | list,
        }) -%}
    {%- endfor %}
    {{ kpi_rollup(inputs) }}
),

final as (
    select
        rollup.period_grain,
        rollup.period_start,
        rollup.period_end,
        rollup.dimension,
        rollup.dimension_value,
        {%- for parts in dated.values() %}
        {%- for name in parts %}
        cast(rollup.{{ name }} as bigint) as {{ name }},
        {%- endfor %}
        {%- endfor %}
        cast(rollup.stage_reentries as bigint) as stage_reentries,
        {%- for name, numerator, denominator in [
            ('mql_to_sql_rate', 'mqls_to_sql', 'mqls'),
            ('lead_to_mql_rate', 'leads_mql', 'leads'),
            ('sql_to_customer_rate', 'sqls_to_customer', 'sqls'),
            ('mql_to_customer_rate', 'mqls_to_customer', 'mqls'),
            ('mql_rejected_rate', 'mqls_rejected', 'mqls'),
            ('customers_never_mql_rate', 'customers_never_mql', 'customers'),
            ('mql_to_sql_rate_period', 'sqls', 'mqls'),
            ('mql_to_sql_rate_current_status', 'mqls_now_sql', 'mqls'),
        ] %}
        {{ safe_ratio('rollup.' ~ numerator, 'rollup.' ~ denominator) }} as {{ name }},
        {%- endfor %}
        medians.mql_response_hours_median,
        rollup.is_complete_period,
        {{ reporting_midnight('rollup.period_end + ' ~ var('mql_window_days')) }} <= rollup.as_of
            as is_mature,
        rollup.as_of
    from rollup
    left join medians
        on
            rollup.period_grain = medians.period_grain
            and rollup.period_start = medians.period_start
            and rollup.dimension = medians.dimension
            and rollup.dimension_value = medians.dimension_value
)

select * from final
