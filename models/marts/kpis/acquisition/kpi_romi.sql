{%- set windows = [30, 90, 365] -%}
{%- set sales_measures = [
    'attributed_net_sales', 'attributed_net_sales_returning', 'attributed_margin', 'net_sales',
] -%}
{%- set spend_measures = ['platform_revenue', 'platform_spend'] -%}
{%- set touch_measures = ['attributed_net_sales_touch_dated'] -%}
{#- Null instead of a flattering number where cost of one of their scopes is missing. -#}
{%- set ratios = [
    ('romi', 'attributed_net_sales', 'marketing_cost', 'is_cost_missing'),
    ('romi_net_return', 'attributed_net_sales - marketing_cost', 'marketing_cost',
        'is_cost_missing'),
    ('romi_margin_return', 'attributed_margin - marketing_cost', 'marketing_cost',
        'is_cost_missing'),
    ('marketing_efficiency_ratio', 'net_sales', 'marketing_cost', 'is_cost_missing'),
    ('romi_returning', 'attributed_net_sales_returning', 'marketing_cost', 'is_cost_missing'),
    ('roas_platform_reported', 'platform_revenue', 'platform_spend', 'is_ad_spend_missing'),
    ('roas', 'attributed_net_sales_paid', 'platform_spend', 'is_ad_spend_missing'),
    ('romi_touch_dated', touch_measures[0], 'marketing_cost', 'is_cost_missing'),
] -%}
{%- for days in windows -%}
    {%- set measure = 'attributed_net_sales_touch_dated_' ~ days ~ 'd' -%}
    {%- do touch_measures.append(measure) -%}
    {%- do ratios.append(
        ('romi_touch_dated_' ~ days ~ 'd', measure, 'marketing_cost', 'is_cost_missing')
    ) -%}
{%- endfor -%}
{%- set measures = sales_measures + ['marketing_cost'] + spend_measures
    + ['attributed_net_sales_paid'] + touch_measures -%}
with credited as (
    select
        order_id,
        touch_id,
        entry_date,
        touch_date,
        marketing_channel,
        campaign,
        is_marketing,
        is_paid,
        customer_type,
        net_sales,
        margin
    from {{ ref('fct_attributed_sales') }}
    where attribution_model = '{{ var("attribution_model") }}'
),

sales as (
    select
        order_id,
        touch_id,
        entry_date as event_date,
        marketing_channel,
        campaign,
        case when is_marketing then net_sales else 0 end as attributed_net_sales,
        case when is_marketing and customer_type = 'returning' then net_sales else 0 end
            as attributed_net_sales_returning,
        case when is_marketing then margin else 0 end as attributed_margin,
        net_sales,
        case when is_paid then net_sales else 0 end as attributed_net_sales_paid
    from credited
),

touch_dated_sales as (
    select
        order_id,
        touch_id,
        entry_date as sales_date,
        touch_date as event_date,
        marketing_channel,
        campaign,
        net_sales as attributed_net_sales_touch_dated,
        {%- for days in windows %}
        case when entry_date <= touch_date + {{ days }} then net_sales else 0 end
            as attributed_net_sales_touch_dated_{{ days }}d{{ ',' if not loop.last }}
        {%- endfor %}
    from credited
    where is_marketing
),

costs as (
    {{ cost_events(['marketing'], ['marketing_channel', 'campaign']) | indent(4) }}
),

ad_spend as (
    select
        ad_spend_id,
        spend_date as event_date,
        marketing_channel,
        campaign,
        coalesce(platform_revenue, 0) as platform_revenue,
        spend as platform_spend
    from {{ ref('fct_ad_spend') }}
    where is_eligible
),

cost_gaps as (
    {{ cost_gaps(
        {'is_cost_missing': 'marketing', 'is_ad_spend_missing': 'ad_spend'},
        converted='marketing'
    ) | indent(4) }}
),

rollup as (
    {{ kpi_rollup([
        {
            'relation': 'sales', 'kind': 'events',
            'measures': sales_measures + ['attributed_net_sales_paid'],
        },
        {'relation': 'touch_dated_sales', 'kind': 'events', 'measures': touch_measures},
        {'relation': 'costs', 'kind': 'events', 'measures': ['marketing_cost']},
        {'relation': 'ad_spend', 'kind': 'events', 'measures': spend_measures},
    ]) | indent(4) }}
),

-- Ratios are made of the parts that the table shows: shares of credit are rounded in them.
parts as (
    select
        period_grain,
        period_start,
        period_end,
        dimension,
        dimension_value,
        {%- for measure in measures %}
        cast({{ measure }} as decimal(18, 4)) as {{ measure }},
        {%- endfor %}
        is_complete_period,
        as_of
    from rollup
),

final as (
    select
        parts.period_grain,
        parts.period_start,
        parts.period_end,
        parts.dimension,
        parts.dimension_value,
        {%- for measure in measures %}
        parts.{{ measure }},
        {%- endfor %}
        cast(parts.attributed_net_sales - parts.marketing_cost as decimal(18, 4))
            as attributed_net_sales_after_cost,
        cast(parts.attributed_margin - parts.marketing_cost as decimal(18, 4))
            as attributed_margin_after_cost,
        {%- for name, numerator, denominator, flag in ratios %}
        case
            when not cost_gaps.{{ flag }}
                then {{ safe_ratio(numerator, denominator) }}
        end as {{ name }},
        {%- endfor %}
        cost_gaps.is_cost_missing,
        cost_gaps.is_ad_spend_missing,
        cost_gaps.is_fx_missing,
        parts.is_complete_period,
        parts.is_complete_period as is_mature,
        parts.as_of
    from parts
    left join cost_gaps
        on
            parts.period_grain = cost_gaps.period_grain
            and parts.period_start = cost_gaps.period_start
)

select * from final
