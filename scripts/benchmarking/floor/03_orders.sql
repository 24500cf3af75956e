-- Orders that count, and what their lines are worth.
create macro counts(is_deleted, happened_at) as
    not is_deleted and coalesce(happened_at <= getvariable('as_of'), true);

create table order_rows as
with line_totals as (
    select
        order_id,
        sum(cast(quantity as decimal(26, 4)) * unit_price - line_discount_amount) as goods,
        sum(tax_amount) as tax,
        case when bool_and(coalesce(
            cancelled_at <= getvariable('as_of')
            and abs(coalesce(cancelled_quantity, quantity)) >= abs(quantity), false
        )) then max(cancelled_at) end as cancelled_at
    from stg.order_lines
    where counts(is_deleted, added_at)
    group by order_id
),

priced as (
    select
        orders.*,
        cast(orders.placed_at as date) as order_date,
        counts(orders.is_deleted, orders.placed_at) as is_counted,
        case when orders.currency_code = 'EUR' then 1 else fx_rates.rate end as fx_rate,
        line_totals.cancelled_at as lines_cancelled_at,
        coalesce(cast(line_totals.goods as decimal(18, 4)), 0) - orders.order_discount_amount
        + orders.shipping_amount
        + case
            when orders.prices_include_tax then 0
            else coalesce(line_totals.tax, orders.tax_amount, 0)
        end as total
    from stg.orders as orders
    left join line_totals on orders.order_id = line_totals.order_id
    left join fx_rates
        on orders.currency_code = fx_rates.currency_code
        and cast(orders.placed_at as date) = fx_rates.rate_date
),

identified as (
    select
        priced.* exclude (fx_rate, cancelled_at, invoiced_at),
        coalesce(priced.fx_rate, 0) as fx_rate,
        case when priced.cancelled_at <= getvariable('as_of') then priced.cancelled_at end
            as order_cancelled_at,
        case when priced.invoiced_at <= getvariable('as_of') then cast(priced.invoiced_at as date)
        end
            as invoiced_date,
        coalesce(
            companies.account_id,
            priced.company_id,
            case when contacts.has_company then contacts.account_id end,
            emails.account_id,
            'guest:' || priced.order_id
        ) as account_id,
        coalesce(contacts.surviving_contact_id, priced.contact_id, emails.contact_id)
            as resolved_contact_id
    from priced
    left join contacts on priced.contact_id = contacts.contact_id
    left join companies on priced.company_id = companies.company_id
    left join emails
        on emails.email
        = case when is_address(priced.email) then priced.email else contacts.email end
    where
        (priced.fx_rate is not null or not priced.is_counted)
        and (priced.total >= 0 or priced.order_type != 'sale')
)

select
    identified.* exclude (is_deleted, loaded_at, source_updated_at, email, contact_id, total),
    coalesce(order_cancelled_at, lines_cancelled_at) as cancelled_at,
    -- Credits count in revenue, in nothing else.
    is_counted and not is_test and internal.account_id is null
    and order_status in ('placed', 'cancelled') and order_type in ('sale', 'credit')
        as is_in_revenue,
    is_in_revenue and order_type = 'sale' as is_eligible,
    is_eligible and coalesce(order_cancelled_at, lines_cancelled_at) is null as is_valid
from identified
left join internal_accounts as internal on identified.account_id = internal.account_id;

create table products as
select
    product_id,
    case when row_number() over by_start = 1 then date '0001-01-01' else valid_from end
        as valid_from,
    lead(valid_from, 1, date '9999-12-31') over by_start as valid_to,
    product_category,
    coalesce(is_gift_card, false) as is_gift_card
from (
    select * replace (cast(valid_from as date) as valid_from)
    from stg.products
    where counts(is_deleted, valid_from)
    qualify row_number() over (
        partition by product_id, cast(valid_from as date) order by valid_from desc nulls last
    ) = 1
)
window by_start as (partition by product_id order by valid_from nulls first);

create table product_costs as
select
    product_id,
    unit_cost,
    currency_code,
    valid_from,
    least(
        coalesce(valid_to, date '9999-12-31'),
        lead(valid_from, 1, date '9999-12-31') over (partition by product_id order by valid_from)
    ) as valid_to
from stg.product_costs
where counts(is_deleted, cast(valid_from as timestamp));

create table line_rows as
select
    lines.order_line_id,
    lines.order_id,
    lines.product_id,
    lines.quantity,
    lines.unit_cost,
    lines.tax_amount,
    lines.tax_rate,
    lines.line_discount_amount,
    times(lines.unit_price, lines.quantity) as list_amount,
    case when lines.added_at > orders.placed_at then lines.added_at end as added_at,
    case when lines.cancelled_at <= getvariable('as_of') then lines.cancelled_at end
        as cancelled_at,
    lines.cancelled_quantity,
    orders.placed_at,
    orders.order_date,
    orders.order_cancelled_at,
    orders.currency_code,
    orders.fx_rate,
    orders.order_discount_amount,
    orders.tax_amount as order_tax_amount,
    orders.prices_include_tax,
    coalesce(minor_units.minor_unit_digits, 2) as minor_unit_digits
from stg.order_lines as lines
inner join order_rows as orders on lines.order_id = orders.order_id
left join config.currency_minor_units as minor_units
    on orders.currency_code = minor_units.currency_code
where counts(lines.is_deleted, lines.added_at);

-- A discount on the order was given on what was placed.
create temp table discounts_to_spread as
select
    order_id as spread_id, order_line_id as line_id, order_discount_amount as amount,
    list_amount as weight, minor_unit_digits
from line_rows
where order_discount_amount != 0
qualify added_at is null or bool_and(added_at is not null) over (partition by order_id);

create temp table paid_lines as
select
    lines.order_line_id,
    lines.list_amount - lines.line_discount_amount - coalesce(discounts.amount, 0) as paid
from line_rows as lines
left join spread('discounts_to_spread') as discounts on lines.order_line_id = discounts.line_id;

create temp table taxes_to_spread as
select
    lines.order_id as spread_id, lines.order_line_id as line_id, lines.order_tax_amount as amount,
    paid_lines.paid as weight, lines.minor_unit_digits
from line_rows as lines
inner join paid_lines on lines.order_line_id = paid_lines.order_line_id
where
    lines.order_tax_amount != 0
    and lines.order_id not in (
        select order_id from line_rows where tax_amount is not null or tax_rate is not null
    );

create table lines as
with taxed as (
    select
        lines.*,
        paid_lines.paid,
        cast(case
            when lines.tax_amount is not null then lines.tax_amount
            when lines.tax_rate is not null and lines.prices_include_tax
                then paid_lines.paid - share_of(paid_lines.paid, 1, 1 + lines.tax_rate)
            when lines.tax_rate is not null then times(paid_lines.paid, lines.tax_rate)
            else coalesce(taxes.amount, 0)
        end as decimal(18, 4)) as tax
    from line_rows as lines
    inner join paid_lines on lines.order_line_id = paid_lines.order_line_id
    left join spread('taxes_to_spread') as taxes on lines.order_line_id = taxes.line_id
),

valued as (
    select
        *,
        cast(case when prices_include_tax then paid - tax else paid end as decimal(18, 4)) as net,
        cast(case
            when not prices_include_tax then list_amount
            when list_amount = paid then net
            when tax_amount is null and tax_rate is not null
                then share_of(list_amount, 1, 1 + tax_rate)
            else coalesce(share_of(list_amount, net, paid), list_amount)
        end as decimal(18, 4)) as gross
    from taxed
)

select
    valued.order_line_id,
    valued.order_id,
    valued.product_id,
    products.product_category,
    valued.quantity,
    valued.placed_at,
    valued.order_date,
    valued.added_at,
    valued.cancelled_at,
    valued.cancelled_quantity,
    valued.order_cancelled_at,
    valued.fx_rate,
    valued.minor_unit_digits,
    valued.gross,
    valued.net,
    valued.tax,
    case
        when valued.unit_cost is not null
            then times(times(valued.unit_cost, valued.quantity), valued.fx_rate)
        else times(
            times(product_costs.unit_cost, valued.quantity),
            case when product_costs.currency_code = 'EUR' then 1 else fx_rates.rate end
        )
    end as cogs,
    coalesce(products.is_gift_card, false) as is_gift_card
from valued
left join products
    on valued.product_id = products.product_id
    and valued.order_date >= products.valid_from and valued.order_date < products.valid_to
left join product_costs
    on valued.product_id = product_costs.product_id
    and valued.order_date >= product_costs.valid_from
    and valued.order_date < product_costs.valid_to
left join fx_rates
    on product_costs.currency_code = fx_rates.currency_code
    and valued.order_date = fx_rates.rate_date;
