with clock as (
    select * from {{ ref('int_build__clock') }}
),

orders as (
    select
        order_id,
        placed_at,
        order_date,
        order_cancelled_at,
        currency_code,
        fx_rate,
        order_discount_amount,
        tax_amount,
        prices_include_tax
    from {{ ref('int_orders__checked') }}
    where reject_reason is null
),

products as (
    select
        product_id,
        valid_from_date,
        valid_to_date,
        is_gift_card
    from {{ ref('int_products__versions') }}
),

minor_units as (
    select
        currency_code,
        minor_unit_digits
    from {{ ref('currency_minor_units') }}
),

rates as (
    select
        currency_code,
        rate_date,
        rate
    from {{ ref('int_fx__daily_rates') }}
),

cost_versions as (
    select
        costs.product_id,
        costs.unit_cost,
        upper(costs.currency_code) as currency_code,
        costs.valid_from as valid_from_date,
        least(
            coalesce(costs.valid_to, date '9999-12-31'),
            lead(costs.valid_from, 1, date '9999-12-31') over (
                partition by costs.product_id
                order by costs.valid_from
            )
        ) as valid_to_date
    from {{ ref('stg_contract__product_costs') }} as costs
    cross join clock
    where {{ row_exclusion('cast(costs.valid_from as timestamp)', 'costs') }} is null
),

lines as (
    select
        lines.order_line_id,
        lines.order_id,
        lines.source_name,
        lines.product_id,
        lines.quantity,
        lines.unit_cost,
        lines.tax_amount,
        lines.tax_rate,
        coalesce(lines.line_discount_amount, 0) as line_discount_amount,
        {{ money_multiply('lines.unit_price', 'lines.quantity') }} as list_amount,
        -- An added line is sold on its own day; before the order there is no adding.
        case when lines.added_at > orders.placed_at then lines.added_at end as added_at,
        case when lines.cancelled_at <= clock.as_of then lines.cancelled_at end as cancelled_at,
        lines.cancelled_quantity,
        orders.placed_at,
        orders.order_date,
        orders.order_cancelled_at,
        orders.currency_code,
        orders.fx_rate,
        orders.order_discount_amount,
        orders.tax_amount as order_tax_amount,
        orders.prices_include_tax,
        coalesce(minor_units.minor_unit_digits, 2) as minor_unit_digits,
        {{ row_exclusion('lines.added_at', 'lines') }} as row_exclusion
    from {{ ref('int_order_lines__checked') }} as lines
    inner join orders on lines.order_id = orders.order_id
    left join minor_units on orders.currency_code = minor_units.currency_code
    cross join clock
    where lines.reject_reason is null
),

-- The discount was given on what was placed; lines added later come after it.
discount_to_spread as (
    select
        order_id as spread_id,
        order_line_id as line_id,
        order_discount_amount as amount,
        list_amount as weight,
        minor_unit_digits
    from lines
    where order_discount_amount != 0 and row_exclusion is null
    qualify added_at is null or bool_and(added_at is not null) over (partition by order_id)
),

spread_discounts as (
    {{ spread_by_largest_remainder('discount_to_spread') | indent(4) }}
),

discounted as (
    select
        lines.*,
        lines.list_amount
        - lines.line_discount_amount
        - coalesce(spread_discounts.amount, 0) as paid_amount
    from lines
    left join spread_discounts on lines.order_line_id = spread_discounts.line_id
),

taxed_by_line as (
    select order_id
    from lines
    where row_exclusion is null and (tax_amount is not null or tax_rate is not null)
    group by order_id
),

tax_to_spread as (
    select
        discounted.order_id as spread_id,
        discounted.order_line_id as line_id,
        discounted.order_tax_amount as amount,
        discounted.paid_amount as weight,
        discounted.minor_unit_digits
    from discounted
    left join taxed_by_line on discounted.order_id = taxed_by_line.order_id
    where
        discounted.order_tax_amount != 0
        and discounted.row_exclusion is null
        and taxed_by_line.order_id is null
),

spread_taxes as (
    {{ spread_by_largest_remainder('tax_to_spread') | indent(4) }}
),

taxed as (
    select
        discounted.*,
        cast(case
            when discounted.tax_amount is not null then discounted.tax_amount
            when discounted.tax_rate is not null and discounted.prices_include_tax
                then
                    discounted.paid_amount
                    - {{ money_share('discounted.paid_amount', '1', '1 + discounted.tax_rate') }}
            when discounted.tax_rate is not null
                then {{ money_multiply('discounted.paid_amount', 'discounted.tax_rate') }}
            else coalesce(spread_taxes.amount, 0)
        end as decimal(18, 4)) as line_tax_amount
    from discounted
    left join spread_taxes on discounted.order_line_id = spread_taxes.line_id
),

net_of_tax as (
    select
        *,
        case
            when prices_include_tax then paid_amount - line_tax_amount
            else paid_amount
        end as net_amount
    from taxed
),

valued as (
    select
        *,
        case
            when not prices_include_tax then list_amount
            when list_amount = paid_amount then net_amount
            when tax_amount is null and tax_rate is not null
                then {{ money_share('list_amount', '1', '1 + tax_rate') }}
            -- The discount holds tax in the proportion of the line.
            else
                coalesce(
                    {{ money_share('list_amount', 'net_amount', 'paid_amount') }}, list_amount
                )
        end as gross_amount
    from net_of_tax
),

final as (
    select
        valued.order_line_id,
        valued.order_id,
        valued.source_name,
        valued.product_id,
        valued.order_date,
        valued.placed_at,
        valued.added_at,
        valued.cancelled_at,
        valued.cancelled_quantity,
        valued.order_cancelled_at,
        valued.currency_code,
        valued.fx_rate,
        valued.minor_unit_digits,
        valued.quantity,
        cast(valued.gross_amount as decimal(18, 4)) as gross_local,
        cast(valued.gross_amount - valued.net_amount as decimal(18, 4)) as discount_local,
        cast(valued.net_amount as decimal(18, 4)) as net_local,
        valued.line_tax_amount as tax_local,
        {{ money_multiply('valued.gross_amount', 'valued.fx_rate') }} as gross_sales,
        {{ money_multiply('valued.net_amount', 'valued.fx_rate') }} as net_sales,
        {{ money_multiply('valued.line_tax_amount', 'valued.fx_rate') }} as tax,
        case
            when valued.unit_cost is not null
                then
                    {{ money_multiply(
                        money_multiply('valued.unit_cost', 'valued.quantity'), 'valued.fx_rate'
                    ) }}
            else
                {{ money_multiply(
                    money_multiply('cost_versions.unit_cost', 'valued.quantity'),
                    "case when cost_versions.currency_code = '" ~ var('reporting_currency')
                    ~ "' then 1 else cost_rates.rate end"
                ) }}
        end as cogs,
        coalesce(products.is_gift_card, false) as is_gift_card,
        coalesce(
            valued.row_exclusion, case when products.is_gift_card then 'gift_card' end
        ) as line_exclusion_reason
    from valued
    left join products
        on
            valued.product_id = products.product_id
            and valued.order_date >= products.valid_from_date
            and valued.order_date < products.valid_to_date
    left join cost_versions
        on
            valued.product_id = cost_versions.product_id
            and valued.order_date >= cost_versions.valid_from_date
            and valued.order_date < cost_versions.valid_to_date
    left join rates as cost_rates
        on
            cost_versions.currency_code = cost_rates.currency_code
            and valued.order_date = cost_rates.rate_date
)

select * from final
