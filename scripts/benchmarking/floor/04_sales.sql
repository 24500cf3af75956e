-- Sales as dated entries. Most orders only ever have what was placed; what is added, cancelled or
-- given back is worked out for the few orders that moved.
create temp table refunds as
select
    refunds.refund_id, refunds.order_id, refunds.refunded_at, refunds.refund_kind, refunds.reason,
    refunds.amount_excl_tax, refunds.tax_amount, refunds.shipping_amount
from stg.refunds as refunds
inner join order_rows on refunds.order_id = order_rows.order_id and order_rows.is_in_revenue
where
    counts(refunds.is_deleted, refunds.refunded_at) and refunds.refund_kind != 'correction';

create temp table refund_lines as
select refund_lines.*, refunds.order_id, refunds.refunded_at, refunds.refund_kind,
    coalesce(refund_lines.reason, refunds.reason) as line_reason
from stg.refund_lines as refund_lines
inner join refunds on refund_lines.refund_id = refunds.refund_id
where not refund_lines.is_deleted;

create temp table moved_orders as
select order_id from order_rows where is_in_revenue and cancelled_at is not null
union select order_id from refunds
union
select lines.order_id
from lines
inner join order_rows on lines.order_id = order_rows.order_id and order_rows.is_in_revenue
where lines.added_at is not null or lines.cancelled_at is not null;

create temp table moved_lines as
select
    lines.*,
    case
        when lines.cancelled_at <= coalesce(lines.order_cancelled_at, lines.cancelled_at)
            then least(abs(coalesce(lines.cancelled_quantity, lines.quantity)), abs(lines.quantity))
    end as line_cancelled_quantity
from lines
inner join moved_orders on lines.order_id = moved_orders.order_id;

-- What is given back, by line where the source says so, else over what still stood.
create temp table give_backs as
select
    refund_line_id as give_back_id, refund_id, order_id, order_line_id as named_line_id,
    amount_excl_tax as amount, coalesce(quantity, 0) as quantity, line_reason as reason,
    refunded_at, refund_kind
from refund_lines
where order_line_id is null or order_line_id not in (
    select order_line_id from stg.order_lines where not counts(is_deleted, added_at)
)
union all
select
    refund_id, refund_id, order_id, null, amount_excl_tax, 0, reason, refunded_at, refund_kind
from refunds
where
    refund_id not in (select refund_id from refund_lines) and coalesce(amount_excl_tax, 0) != 0;

create macro standing(value, added_at, order_cancelled_at, cancelled_at, part, quantity, moment) as
    cast(case
        when added_at > moment or order_cancelled_at < moment then 0
        when cancelled_at < moment
            then value - share_of(value, least(abs(part), abs(quantity)), abs(quantity))
        else value
    end as decimal(18, 4));

create temp table give_backs_to_spread as
with standing_lines as (
    select
        give_backs.give_back_id as spread_id, lines.order_line_id as line_id, give_backs.amount,
        standing(
            lines.gross, lines.added_at, lines.order_cancelled_at, lines.cancelled_at,
            coalesce(lines.cancelled_quantity, lines.quantity), lines.quantity,
            give_backs.refunded_at
        ) as value,
        lines.gross, lines.minor_unit_digits
    from give_backs
    inner join moved_lines as lines on give_backs.order_id = lines.order_id
    where give_backs.named_line_id is null
)

select
    spread_id, line_id, amount,
    case when max(value) over (partition by spread_id) > 0 then value else gross end as weight,
    minor_unit_digits
from standing_lines;

create temp table returned_lines as
select
    give_backs.* exclude (amount, quantity, named_line_id),
    coalesce(shares.line_id, named.order_line_id) as order_line_id,
    coalesce(shares.amount, give_backs.amount) as amount,
    case
        when row_number() over (
            partition by give_backs.give_back_id order by abs(shares.amount) desc, shares.line_id
        ) = 1 then give_backs.quantity
        else 0
    end as quantity,
    give_backs.give_back_id || coalesce(':' || shares.line_id, '') as give_back_line_id
from give_backs
left join spread('give_backs_to_spread') as shares on give_backs.give_back_id = shares.spread_id
left join moved_lines as named
    on give_backs.named_line_id = named.order_line_id and give_backs.order_id = named.order_id;

-- Tax given back: by line, with the goods that came back, or over the tax that still stood.
create temp table tax_backs as
select
    refund_lines.refund_line_id as tax_id, refund_lines.refund_id, refund_lines.order_id,
    refund_lines.refunded_at, named.order_line_id as named_line_id, refund_lines.tax_amount
from refund_lines
left join moved_lines as named
    on refund_lines.order_line_id = named.order_line_id
    and refund_lines.order_id = named.order_id
where refund_lines.tax_amount != 0
union all
select refund_id, refund_id, order_id, refunded_at, null, tax_amount
from refunds
where
    refund_id not in (select refund_id from refund_lines where tax_amount is not null)
    and tax_amount != 0;

create temp table tax_backs_to_spread as
with goods as (
    select refund_id, order_line_id, sum(amount) as amount
    from returned_lines
    group by refund_id, order_line_id
),

weighted as (
    select
        tax_backs.tax_id as spread_id, lines.order_line_id as line_id,
        tax_backs.tax_amount as amount, coalesce(goods.amount, 0) as goods_weight,
        standing(
            lines.tax, lines.added_at, lines.order_cancelled_at, lines.cancelled_at,
            coalesce(lines.cancelled_quantity, lines.quantity), lines.quantity,
            tax_backs.refunded_at
        ) as standing_tax,
        lines.tax, lines.minor_unit_digits
    from tax_backs
    inner join moved_lines as lines on tax_backs.order_id = lines.order_id
    left join goods
        on tax_backs.refund_id = goods.refund_id and lines.order_line_id = goods.order_line_id
    where tax_backs.named_line_id is null
)

select
    spread_id, line_id, amount,
    cast(case
        when max(goods_weight) over (partition by spread_id) > 0 then goods_weight
        when max(standing_tax) over (partition by spread_id) > 0 then standing_tax
        else tax
    end as decimal(18, 4)) as weight,
    minor_unit_digits
from weighted;

create temp table returned_taxes as
select
    coalesce(shares.line_id, tax_backs.named_line_id) as order_line_id,
    tax_backs.refunded_at,
    coalesce(shares.amount, tax_backs.tax_amount) as tax
from tax_backs
left join spread('tax_backs_to_spread') as shares on tax_backs.tax_id = shares.spread_id;

-- What had been given back before a cancellation can't be cancelled again.
create macro still(value, part, quantity, given_back) as
    sign(value) * greatest(least(
        abs(coalesce(share_of(value, part, abs(quantity)), value)),
        sign(value) * (value - given_back)
    ), 0);

create temp table cancelled_lines as
with before as (
    select
        lines.order_line_id,
        sum(returned.amount) filter (returned.refunded_at < lines.cancelled_at) as of_line,
        sum(returned.amount) filter (returned.refunded_at < lines.order_cancelled_at) as of_order,
        sum(returned.quantity) filter (returned.refunded_at < lines.order_cancelled_at) as units
    from moved_lines as lines
    inner join returned_lines as returned on lines.order_line_id = returned.order_line_id
    group by lines.order_line_id
),

taxes_before as (
    select lines.order_line_id, sum(returned.tax) as tax
    from moved_lines as lines
    inner join returned_taxes as returned on lines.order_line_id = returned.order_line_id
    where returned.refunded_at < lines.cancelled_at
    group by lines.order_line_id
)

select
    lines.*,
    coalesce(before.of_order, 0) as before_order_cancellation,
    coalesce(before.units, 0) as units_before_order_cancellation,
    cast(case
        when lines.line_cancelled_quantity is null then 0
        else still(
            lines.net, lines.line_cancelled_quantity, lines.quantity, coalesce(before.of_line, 0)
        )
    end as decimal(18, 4)) as line_cancelled,
    cast(case
        when lines.line_cancelled_quantity is null then 0
        else still(
            lines.tax, lines.line_cancelled_quantity, lines.quantity, coalesce(taxes_before.tax, 0)
        )
    end as decimal(18, 4)) as line_cancelled_tax
from moved_lines as lines
left join before on lines.order_line_id = before.order_line_id
left join taxes_before on lines.order_line_id = taxes_before.order_line_id
where
    (lines.cancelled_at is not null or lines.order_cancelled_at is not null)
    and not lines.is_gift_card;

create table order_taxes as
select order_id, sum(tax) as tax, sum(tax) filter (added_at is null) as placed_tax
from lines
where not is_gift_card
group by order_id;

create temp table refund_charges as
select
    refunds.refund_id, refunds.order_id, refunds.refunded_at,
    coalesce(of_lines.tax, refunds.tax_amount, 0) as tax,
    coalesce(refunds.shipping_amount, 0) as shipping
from refunds
left join (
    select refund_id, sum(tax_amount) as tax from refund_lines group by refund_id
) as of_lines on refunds.refund_id = of_lines.refund_id;

create temp table charges as
select
    orders.order_id, orders.placed_at, orders.cancelled_at, orders.shipping_amount,
    coalesce(order_taxes.placed_tax, 0) as placed_tax,
    coalesce(order_taxes.tax, 0) as tax,
    case when delivered.order_id is null then coalesce(orders.tax_amount, 0) else 0 end
        as tax_without_lines
from order_rows as orders
left join order_taxes on orders.order_id = order_taxes.order_id
left join (
    select distinct order_id from stg.order_lines
) as delivered on orders.order_id = delivered.order_id
where orders.is_in_revenue;

create temp table moves as
select
    case when added_at is null then 'sale:' else 'added_line:' end || order_line_id as id,
    'sale' as kind, order_id, order_line_id, null as refund_kind, null as reason,
    coalesce(added_at, placed_at) as happened_at, gross, gross - net as discount,
    0::decimal(18, 4) as returned, 0::decimal(18, 4) as cancelled, 0::decimal(18, 4) as tax,
    0::decimal(18, 4) as shipping, 0::decimal(18, 4) as units_cancelled,
    0::decimal(18, 4) as units_returned
from moved_lines
where not is_gift_card
union all
select
    'line_cancellation:' || order_line_id, 'cancellation', order_id, order_line_id, null, null,
    cancelled_at, 0, 0, 0, line_cancelled, 0, 0, sign(quantity) * line_cancelled_quantity, 0
from cancelled_lines
where line_cancelled_quantity is not null and (line_cancelled != 0 or line_cancelled_quantity != 0)
union all
select
    'order_cancellation:' || order_line_id, 'cancellation', order_id, order_line_id, null, null,
    greatest(order_cancelled_at, coalesce(added_at, order_cancelled_at)), 0, 0, 0,
    sign(net) * greatest(sign(net) * (net - line_cancelled - before_order_cancellation), 0), 0, 0,
    sign(quantity) * greatest(
        abs(quantity) - coalesce(line_cancelled_quantity, 0) - abs(units_before_order_cancellation),
        0
    ), 0
from cancelled_lines
where order_cancelled_at is not null
union all
select
    'refund:' || returned.give_back_line_id, 'refund', returned.order_id, returned.order_line_id,
    returned.refund_kind, returned.reason, returned.refunded_at, 0, 0, returned.amount, 0, 0, 0, 0,
    returned.quantity
from returned_lines as returned
left join moved_lines as lines on returned.order_line_id = lines.order_line_id
where not coalesce(lines.is_gift_card, false)
union all
select
    'order_charges:' || charges.order_id, 'charges', charges.order_id, null, null, null,
    charges.placed_at, 0, 0, 0, 0, charges.placed_tax, 0, 0, 0
from charges inner join moved_orders on charges.order_id = moved_orders.order_id
union all
select
    'order_charges:' || charges.order_id || ':shipping', 'charges', charges.order_id, null, null,
    null, charges.placed_at, 0, 0, 0, 0, charges.tax_without_lines, charges.shipping_amount, 0, 0
from charges inner join moved_orders on charges.order_id = moved_orders.order_id
union all
select
    'added_line_charges:' || order_line_id, 'charges', order_id, null, null, null, added_at,
    0, 0, 0, 0, tax, 0, 0, 0
from moved_lines
where added_at is not null and not is_gift_card
union all
select
    'line_cancellation_charges:' || order_line_id, 'charges', order_id, null, null, null,
    cancelled_at, 0, 0, 0, 0, -line_cancelled_tax, 0, 0, 0
from cancelled_lines
where line_cancelled_quantity is not null
union all
select
    'order_cancellation_charges:' || charges.order_id, 'charges', charges.order_id, null, null,
    null, charges.cancelled_at, 0, 0, 0, 0,
    -sign(charges.tax + charges.tax_without_lines) * greatest(
        sign(charges.tax + charges.tax_without_lines) * (
            charges.tax + charges.tax_without_lines
            - coalesce(of_lines.tax, 0) - coalesce(before.tax, 0)
        ), 0
    ),
    -greatest(charges.shipping_amount - coalesce(before.shipping, 0), 0), 0, 0
from charges
left join (
    select order_id, sum(line_cancelled_tax) as tax from cancelled_lines group by order_id
) as of_lines on charges.order_id = of_lines.order_id
left join (
    select charges.order_id, sum(refund_charges.tax) as tax,
        sum(refund_charges.shipping) as shipping
    from charges
    inner join refund_charges
        on charges.order_id = refund_charges.order_id
        and refund_charges.refunded_at < charges.cancelled_at
    group by charges.order_id
) as before on charges.order_id = before.order_id
where charges.cancelled_at is not null
union all
select
    'refund_charges:' || refund_id, 'charges', order_id, null, null, null, refunded_at,
    0, 0, 0, 0, -tax, -shipping, 0, 0
from refund_charges;

-- Running totals are converted, so that what is given back in pieces adds up to what was sold.
create temp table moved_entries as
with rated as (
    select
        moves.*,
        orders.fx_rate,
        case
            when orders.currency_code = 'EUR' then orders.fx_rate
            else coalesce(fx_rates.rate, orders.fx_rate)
        end as day_rate,
        moves.returned + moves.cancelled as back,
        abs(moves.units_returned + moves.units_cancelled) as units_back,
        abs(lines.quantity) as line_units,
        lines.cogs as line_cogs
    from moves
    inner join order_rows as orders on moves.order_id = orders.order_id
    left join moved_lines as lines on moves.order_line_id = lines.order_line_id
    left join fx_rates
        on orders.currency_code = fx_rates.currency_code
        and cast(moves.happened_at as date) = fx_rates.rate_date
    where kind != 'charges' or moves.tax != 0 or moves.shipping != 0
),

running as (
    select
        *,
        sum(back) over of_line as back_so_far,
        sum(units_back) over of_line as units_so_far,
        sum(tax) over of_order as tax_so_far,
        sum(shipping) over of_order as shipping_so_far
    from rated
    window
        of_line as (
            partition by order_id, order_line_id order by happened_at, id
            rows between unbounded preceding and current row
        ),
        of_order as (
            partition by order_id order by happened_at, id
            rows between unbounded preceding and current row
        )
),

converted as (
    select
        *,
        times(gross, fx_rate) as gross_sales,
        times(gross - discount, fx_rate) as net_sold,
        times(back_so_far, fx_rate) - times(back_so_far - back, fx_rate) as given_back,
        times(tax_so_far, fx_rate) - times(tax_so_far - tax, fx_rate) as tax_sold,
        times(shipping_so_far, fx_rate) - times(shipping_so_far - shipping, fx_rate)
            as shipping_sold,
        case
            when line_units > 0 and units_back != 0
                then share_of(line_cogs, least(units_so_far - units_back, line_units), line_units)
                - share_of(line_cogs, least(units_so_far, line_units), line_units)
        end as cogs_back
    from running
),

-- The last digit of a full refund goes to the last row that gives back.
settled as (
    select
        *,
        case
            when
                back != 0
                and sum(gross - discount - back) over (partition by order_id) = 0
                and row_number() over (
                    partition by order_id order by back = 0, happened_at desc, id desc
                ) = 1
                then given_back + sum(net_sold - given_back) over (partition by order_id)
            else given_back
        end as settled_back
    from converted
)

select
    order_id, order_line_id, kind, refund_kind, reason,
    cast(happened_at as date) as entry_date,
    starts_with(id, 'added_line:') as is_added,
    gross_sales,
    gross_sales - net_sold as discounts,
    case when kind = 'refund' then settled_back else 0 end as returns,
    case when kind = 'cancellation' then settled_back else 0 end as cancellations,
    shipping_sold as shipping,
    tax_sold as tax,
    case when kind = 'sale' then coalesce(line_cogs, 0) else coalesce(cogs_back, 0) end as cogs,
    units_returned,
    case when day_rate != fx_rate then settled_back - times(back, day_rate) else 0 end
        as fx_adjustment
from settled;

create table entries as
with untouched as (
    select
        lines.order_id, lines.order_line_id, 'sale' as kind, null as refund_kind, null as reason,
        lines.order_date as entry_date, false as is_added,
        times(lines.gross, lines.fx_rate) as gross_sales,
        times(lines.gross, lines.fx_rate) - times(lines.net, lines.fx_rate) as discounts,
        0 as returns, 0 as cancellations, 0 as shipping, 0 as tax,
        coalesce(lines.cogs, 0) as cogs, 0 as units_returned, 0 as fx_adjustment
    from lines
    inner join order_rows as orders on lines.order_id = orders.order_id and orders.is_in_revenue
    where
        not lines.is_gift_card
        and lines.order_id not in (select order_id from moved_orders)
    union all
    select
        charges.order_id, null, 'charges', null, null, cast(charges.placed_at as date), false,
        0, 0, 0, 0,
        times(charges.shipping_amount, orders.fx_rate),
        times(charges.placed_tax + charges.tax_without_lines, orders.fx_rate), 0, 0, 0
    from charges
    inner join order_rows as orders on charges.order_id = orders.order_id
    where charges.order_id not in (select order_id from moved_orders)
    union all
    from moved_entries
)

select
    untouched.*,
    case when kind = 'sale' then lines.quantity else 0 end as units,
    case when kind != 'charges' then coalesce(lines.product_id, '(unknown)') end as product,
    case when kind != 'charges' then coalesce(lines.product_category, '(unknown)') end
        as product_category
from untouched
left join lines on untouched.order_line_id = lines.order_line_id;
