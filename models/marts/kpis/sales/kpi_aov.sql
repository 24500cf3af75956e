{{ config(
    meta={'units': {
        'fct_orders': {'order': 'order_id', 'account': 'account_id'},
        'fct_sales_entries': {'entry': 'entry_id', 'order': 'order_id', 'account': 'account_id'},
        'fct_order_lines': {'line': 'order_line_id', 'order': 'order_id', 'account': 'account_id'},
        'fct_attribution_credits': {'order': 'conversion_id', 'account': 'account_id'},
    }},
    pre_hook='{{ sum_what_changed() }}'
) }}
{%- set dimensions = rollup_setting('dimensions') | list %}
{%- set credited = dimensions | select('in', ['marketing_channel', 'campaign']) | list %}
{%- set own = dimensions | reject('in', credited + ['product_in_order']) | list %}
{%- set measures = [
    'order_value', 'orders_valid', 'gross_value', 'order_returns', 'tax_and_shipping',
    'orders_with_value',
] %}
{#- The rows of orders, by the dimensions that they have the members of. -#}
{%- set order_rows = {
    'orders': own,
    'credited_orders': credited,
    'orders_by_product': dimensions | select('equalto', 'product_in_order') | list,
} %}
{%- set account_members = 'account_id, member_set' %}
{%- set products = {
    'value_squared': ['order_value', 'order_value'],
    'value_by_orders': ['order_value', 'orders_valid'],
    'orders_squared': ['orders_valid', 'orders_valid'],
} %}
{%- set percentiles = {
    'aov_median': ['order_value', 0.5], 'aov_p90': ['order_value', 0.9],
} %}

with returns as (
    select
        order_id,
        sum(returns) as order_returns
    from {{ rows_to_sum(ref('fct_sales_entries')) }}
    where is_of_placed_order
    group by order_id
),

orders as (
    select
        orders.order_id,
        orders.account_id,
        orders.order_date as event_date,
        {%- for name in own %}
        orders.{{ name }},
        {%- endfor %}
        orders.order_value,
        1 as orders_valid,
        orders.gross_value,
        coalesce(returns.order_returns, 0) as order_returns,
        orders.tax + orders.shipping as tax_and_shipping,
        cast(orders.order_value != 0 as integer) as orders_with_value
    from {{ rows_to_sum(ref('fct_orders')) }} as orders
    left join returns on orders.order_id = returns.order_id
    where orders.is_valid_order
),

credited_orders as (
    {{ credited_rows('orders', 'order_id', credited, measures) | indent(4) }}
),

order_products as (
    select distinct
        order_id,
        product
    from {{ rows_to_sum(ref('fct_order_lines')) }}
    where is_in_valid_order and added_date is null
),

-- The whole order once for each product in it; one without a line that counts has none known.
orders_by_product as (
    select
        orders.*,
        coalesce(order_products.product, '(unknown)') as product_in_order
    from orders
    left join order_products on orders.order_id = order_products.order_id
),

{% for relation, own_dimensions in order_rows.items() -%}
-- An account once in each period and member, so that its orders are one cluster.
{{ relation }}_members as (
    {{ member_sets(relation, own_dimensions) | indent(4) }}
),

{{ relation }}_of_accounts as (
    {{ unit_periods(
        relation, 'account_id', own_dimensions, [], relation ~ '_members',
        ['order_value', 'orders_valid']
    ) | indent(4) }}
),

{{ relation }}_clusters as (
    select
        {{ account_members }},
        period_grain,
        period_index,
        -- Shares of credit have more places than a decimal has room for in their products.
        cast(order_value as double) as order_value,
        cast(orders_valid as double) as orders_valid,
        1 as accounts
    from {{ relation }}_of_accounts
),

{{ relation }}_accounts as (
    {{ unit_spells(relation ~ '_clusters', account_members, 'once', ['accounts']) | indent(4) }}
),

{{ relation }}_pairs as (
    {{ unit_spells(relation ~ '_clusters', account_members, 'products', products) | indent(4) }}
),

-- Decimals add up to the same in any order.
{{ relation }}_products as (
    select
        {{ account_members }},
        period_grain,
        from_index,
        to_index,
        cast(value_squared as decimal(38, 8)) as value_squared,
        cast(value_by_orders as decimal(38, 12)) as value_by_orders,
        cast(orders_squared as decimal(38, 12)) as orders_squared
    from {{ relation }}_pairs
),

{% endfor -%}
{%- set inputs = [] -%}
{%- for relation, own_dimensions in order_rows.items() -%}
{%- set counted = {'dimensions': own_dimensions, 'has_total': loop.first} -%}
{%- set by_member = dict(counted, kind='spells', members=relation ~ '_members') -%}
{%- do inputs.extend([
    dict(counted, relation=relation, kind='events', measures=measures),
    dict(by_member, relation=relation ~ '_accounts', measures=['accounts']),
    dict(by_member, relation=relation ~ '_products', measures=products | list),
]) -%}
{%- endfor -%}
rollup as (
    {{ kpi_rollup(inputs) }}
),

-- Shares of an order have no rank, so credited members have no percentile.
own_percentiles as (
    {{ cell_quantiles('orders', percentiles, own) | indent(4) }}
),

product_percentiles as (
    {{ cell_quantiles('orders_by_product', percentiles, ['product_in_order']) | indent(4) }}
),

percentiles as (
    select * from own_percentiles
    union all
    select * from product_percentiles
    where dimension != 'total'
),

-- Ratios are made of the parts that the table shows: shares of credit are rounded in them.
parts as (
    select
        period_grain,
        period_start,
        period_end,
        dimension,
        dimension_value,
        {%- for name in measures %}
        cast({{ name }} as decimal(18, 4)) as {{ name }},
        {%- endfor %}
        accounts,
        {%- for name in products %}
        {{ name }},
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
        {%- for name in measures %}
        parts.{{ name }},
        {%- endfor %}
        cast(parts.order_value - parts.order_returns as decimal(18, 4))
            as order_value_net_of_returns,
        cast(parts.order_value + parts.tax_and_shipping as decimal(18, 4))
            as order_value_incl_tax_shipping,
        {%- for name, numerator, denominator in [
            ('aov', 'parts.order_value', 'parts.orders_valid'),
            ('aov_gross', 'parts.gross_value', 'parts.orders_valid'),
            (
                'aov_net_of_returns', 'parts.order_value - parts.order_returns',
                'parts.orders_valid',
            ),
            (
                'aov_incl_tax_shipping', 'parts.order_value + parts.tax_and_shipping',
                'parts.orders_valid',
            ),
        ] %}
        {{ safe_ratio(numerator, denominator) }} as {{ name }},
        {%- endfor %}
        percentiles.aov_median,
        percentiles.aov_p90,
        {{ safe_ratio('parts.order_value', 'parts.orders_with_value') }} as aov_excl_zero_value,
        {%- for side, name in {'-': 'aov_ci_low', '+': 'aov_ci_high'}.items() %}
        {{ delta_bound(
            'parts.order_value', 'parts.orders_valid', 'parts.accounts',
            'parts.value_squared', 'parts.value_by_orders', 'parts.orders_squared',
            side=side, bounds=[none, none]
        ) }} as {{ name }},
        {%- endfor %}
        parts.is_complete_period,
        parts.is_complete_period as is_mature,
        parts.as_of
    from parts
    left join percentiles
        on
            parts.period_grain = percentiles.period_grain
            and parts.period_start = percentiles.period_start
            and parts.dimension = percentiles.dimension
            and parts.dimension_value = percentiles.dimension_value
)

select * from final
