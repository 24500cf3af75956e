-- One row per invoice number. An invoice that starts with C is a credit note: it names no invoice
-- it belongs to, so it lowers sales on its own date. Bad debt and bank and marketplace fees are
-- bookings, and invoices without price and customer are stock movements: neither is a sale.
select
    InvoiceNo as order_id,
    timezone('UTC', timezone('Europe/London', min(InvoiceDate)::timestamp)) as placed_at,
    'GBP' as currency_code,
    cast(cast(any_value(CustomerID) as bigint) as varchar) as company_id,
    case
        when bool_and(StockCode in ('B', 'AMAZONFEE', 'BANK CHARGES', 'CRUK')) then 'internal'
        when any_value(CustomerID) is null and bool_and(UnitPrice = 0) then 'internal'
        when InvoiceNo like 'C%' then 'credit'
        else 'sale'
    end as order_type,
    any_value(Country) as country_code
from delivered
group by InvoiceNo
