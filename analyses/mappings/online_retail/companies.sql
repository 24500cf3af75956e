-- One row per customer number, with the country of the customer's latest invoice.
select
    regexp_replace(cast(CustomerID as varchar), '[.]0+$', '') as company_id,
    max_by(Country, (InvoiceDate, Country)) as country_code
from delivered
where CustomerID is not null
group by company_id
