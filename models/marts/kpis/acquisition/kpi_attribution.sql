{{ config(
    meta={'units': {
        'fct_attribution_credits': {'conversion': 'conversion_id'},
        'fct_attributed_sales': {'conversion': 'order_id'},
        'fct_new_customers': {'conversion': 'order_id'},
    }},
    pre_hook='{{ sum_what_changed() }}'
) }}
{%- set levels = ['marketing_channel', 'campaign', 'program', 'initiative', 'tactic'] -%}
{%- set conversions = ['orders', 'new_customers', 'leads'] -%}
with credits as (
    select
        credits.conversion_id,
        credits.conversion_type,
        credits.touch_id,
        credits.account_id,
        credits.converted_date as event_date,
        {%- for level in levels %}
        credits.{{ level }},
        {%- endfor %}
        credits.attribution_model,
        case when credits.conversion_type = 'order' then credits.credit else 0 end as orders,
        case
            when credits.conversion_type = 'order' and new_customers.order_id is not null
                then credits.credit
            else 0
        end as new_customers,
        case when credits.conversion_type = 'lead' then credits.credit else 0 end as leads
    from {{ rows_to_sum(ref('fct_attribution_credits')) }} as credits
    left join {{ rows_to_sum(ref('fct_new_customers')) }} as new_customers
        on credits.conversion_id = new_customers.order_id
    where credits.is_valid_conversion
),

credited as (
    select
        conversion_id,
        conversion_type,
        touch_id,
        account_id,
        attribution_model,
        {%- for name in attribution_models() %}
        {%- for conversion in conversions %}
        case when attribution_model = '{{ name }}' then {{ conversion }} else 0 end
            as {{ conversion }}_{{ name }},
        {%- endfor %}
        {%- endfor %}
        {{ levels | join(', ') }},
        event_date
    from credits
),

sales as (
    select
        order_id,
        touch_id,
        attribution_model,
        {%- for name in attribution_models() %}
        case when attribution_model = '{{ name }}' then net_sales else 0 end
            as net_sales_{{ name }},
        {%- endfor %}
        {{ levels | join(', ') }},
        entry_date as event_date
    from {{ rows_to_sum(ref('fct_attributed_sales')) }}
),

rollup as (
    {{ kpi_rollup([
        {
            'relation': 'credited', 'kind': 'events',
            'measures': by_attribution_model(conversions),
        },
        {
            'relation': 'sales', 'kind': 'events',
            'measures': by_attribution_model(['net_sales']),
        },
    ]) | indent(4) }}
),

final as (
    select
        period_grain,
        period_start,
        period_end,
        dimension,
        dimension_value,
        {%- for name in attribution_models() %}
        {%- for conversion in conversions %}
        cast({{ conversion }}_{{ name }} as decimal(18, 8)) as {{ conversion }}_{{ name }},
        {%- endfor %}
        cast(net_sales_{{ name }} as decimal(38, 12)) as net_sales_{{ name }},
        {%- endfor %}
        is_complete_period,
        is_complete_period as is_mature,
        as_of
    from rollup
)

select * from final
