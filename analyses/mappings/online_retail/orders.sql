-- One row per invoice number. An invoice that starts with C is a credit note: it names no invoice
-- it belongs to, so it lowers sales on its own date. Bad debt and bank and marketplace fees are
-- bookings, and invoices without price and customer are stock movements: neither is a sale.
-- Each line repeats the customer and the country of its invoice: what most lines say counts. The
-- moment is the earliest that can be read; if none can, it goes on as it is, to be rejected.
with lines as (
    select
        InvoiceNo,
        StockCode,
        InvoiceDate,
        regexp_replace(cast(CustomerID as varchar), '[.]0+$', '') as customer,
        Country,
        try_cast(UnitPrice as double) as unit_price,
        try_cast(InvoiceDate as timestamp) as local_moment
    from delivered
),

votes as (
    select
        *,
        count(*) over (partition by InvoiceNo, customer) as customer_votes,
        count(*) over (partition by InvoiceNo, Country) as country_votes
    from lines
),

invoices as (
    select
        InvoiceNo,
        timezone(
            'UTC', timezone('Europe/London', min(local_moment) filter (isfinite(local_moment)))
        ) as placed_at,
        min(InvoiceDate) as delivered_moment,
        first(customer order by customer_votes desc, customer) as customer,
        first(Country order by country_votes desc, Country) as country,
        bool_and(StockCode in ('B', 'AMAZONFEE', 'BANK CHARGES', 'CRUK')) as is_booking,
        bool_and(unit_price = 0) as is_without_price
    from votes
    group by InvoiceNo
)

select
    InvoiceNo as order_id,
    coalesce(cast(placed_at as varchar), cast(delivered_moment as varchar)) as placed_at,
    'GBP' as currency_code,
    customer as company_id,
    case
        when is_booking or (customer is null and is_without_price) then 'internal'
        when InvoiceNo like 'C%' then 'credit'
        else 'sale'
    end as order_type,
    country as country_code
from invoices
