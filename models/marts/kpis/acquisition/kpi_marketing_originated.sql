{{ config(
    meta={'units': {
        'fct_new_customers': {'order': 'order_id'},
        'fct_touches': {'touch': 'touch_id', 'person': 'person_id'},
    }},
    pre_hook='{{ sum_what_changed() }}'
) }}
{%- set dimensions = rollup_setting('dimensions') | list %}
{%- set counts = [
    'new_customers', 'new_customers_originated', 'new_customers_influenced',
    'new_customers_without_touch',
] -%}
{%- set sums = ['new_customers_credited', 'first_order_value', 'first_order_value_originated'] -%}
with new_customers as (
    select
        account_id,
        order_id,
        order_date as event_date,
        acquisition_channel,
        acquisition_campaign as campaign,
        industry,
        1 as new_customers,
        cast(is_marketing_originated as integer) as new_customers_originated,
        cast(is_marketing_influenced as integer) as new_customers_influenced,
        cast(not is_origin_known as integer) as new_customers_without_touch,
        marketing_credit as new_customers_credited,
        order_value as first_order_value,
        order_value * cast(is_marketing_originated as integer) as first_order_value_originated
    from {{ rows_to_sum(ref('fct_new_customers')) }}
),

-- Whom marketing reached: people, customers or not, by the channel and campaign of the touch.
touches as (
    select
        person_id,
        touch_date as event_date,
        marketing_channel as acquisition_channel,
        campaign,
        industry,
        1 as touches
    from {{ rows_to_sum(ref('fct_touches')) }}
    where is_eligible and is_marketing and person_id is not null
),

touch_members as (
    {{ member_sets('touches', dimensions) | indent(4) }}
),

people_periods as (
    {{ unit_periods('touches', 'person_id', dimensions, ['touches'], 'touch_members') | indent(4) }}
),

reached_people as (
    select
        *,
        1 as people_reached
    from people_periods
),

people as (
    {{ unit_spells('reached_people', 'person_id, member_set', 'once', ['people_reached'])
        | indent(4) }}
),

rollup as (
    {{ kpi_rollup([
        {'relation': 'new_customers', 'kind': 'events', 'measures': counts + sums},
        {
            'relation': 'people', 'kind': 'spells', 'members': 'touch_members',
            'measures': ['people_reached'],
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
        {%- for name in counts %}
        cast({{ name }} as bigint) as {{ name }},
        {%- endfor %}
        cast(new_customers - new_customers_without_touch as bigint) as new_customers_known,
        cast(new_customers_credited as decimal(18, 8)) as new_customers_credited,
        cast(first_order_value as decimal(18, 4)) as first_order_value,
        cast(first_order_value_originated as decimal(18, 4)) as first_order_value_originated,
        {{ safe_ratio('new_customers_originated', 'new_customers') }} as marketing_originated_rate,
        {{ safe_ratio('new_customers_originated', 'new_customers - new_customers_without_touch') }}
            as marketing_originated_rate_known_only,
        {{ safe_ratio('new_customers_influenced', 'new_customers') }} as marketing_influenced_rate,
        {{ safe_ratio('new_customers_credited', 'new_customers') }} as marketing_attributed_rate,
        {{ safe_ratio('first_order_value_originated', 'first_order_value') }}
            as marketing_originated_sales_rate,
        cast(people_reached as bigint) as people_reached,
        is_complete_period,
        is_complete_period as is_mature,
        as_of
    from rollup
)

select * from final
