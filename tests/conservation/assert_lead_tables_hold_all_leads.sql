-- Months of the lead tables, added up, against the facts they are made of, and against each other:
-- what bears one name is one number. Parts that were not delivered are null: nothing to compare.
with leads as (
    select
        count(*) filter (where is_strict) as leads,
        count(*) filter (where is_strict and mql_at is not null) as leads_mql,
        count(*) filter (where is_strict and sql_at is not null) as leads_sql,
        count(*) filter (
            where is_strict and not is_from_customer and age_days > {{ var('lead_window_days') }}
        ) as leads_matured
    from {{ ref('fct_leads') }}
    where is_eligible
),

costs as (
    select coalesce(sum(amount), 0) as marketing_cost
    from {{ ref('fct_costs') }}
    where is_eligible and cost_scope in ({{ cost_scopes('marketing') }})
),

quotes as (
    select
        count(*) as quotes,
        count(ordered_at) as quotes_ordered
    from {{ ref('fct_quotes') }}
    where is_eligible
),

compared as (
    {%- for table, part, fact, column in [
        ('kpi_leads', 'leads', 'leads', 'leads'),
        ('kpi_lead_quality', 'leads', 'leads', 'leads'),
        ('kpi_lead_qualification', 'leads', 'leads', 'leads'),
        ('kpi_lead_qualification', 'mqls', 'leads', 'leads_mql'),
        ('kpi_lead_qualification', 'sqls', 'leads', 'leads_sql'),
        ('kpi_lead_funnel', 'leads', 'leads', 'leads'),
        ('kpi_lead_funnel', 'leads_mql', 'leads', 'leads_mql'),
        ('kpi_lead_funnel', 'leads_sql', 'leads', 'leads_sql'),
        ('kpi_cost_per_lead', 'leads', 'leads', 'leads'),
        ('kpi_cost_per_lead', 'leads_mql', 'leads', 'leads_mql'),
        ('kpi_cost_per_lead', 'marketing_cost', 'costs', 'marketing_cost'),
        ('kpi_lead_score_calibration', 'leads', 'leads', 'leads_matured'),
        ('kpi_lead_conversion', 'leads_matured', 'leads', 'leads_matured'),
        ('kpi_quote_funnel', 'quotes_requested', 'quotes', 'quotes'),
        ('kpi_quote_funnel', 'quotes_ordered', 'quotes', 'quotes_ordered'),
    ] %}
    select
        '{{ table }}.{{ part }}' as part,
        (
            select sum(cells.{{ part }})
            from {{ ref(table) }} as cells
            where cells.period_grain = 'month' and cells.dimension = 'total'
        ) as added_up,
        {{ fact }}.{{ column }} as counted
    from {{ fact }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    part,
    added_up,
    counted
from compared
where added_up != counted
