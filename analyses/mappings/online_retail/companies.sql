-- One row per customer number, with the country of the customer's latest invoice.
select
    cast(cast(CustomerID as bigint) as varchar) as company_id,
    max_by(Country, InvoiceDate) as country_code
from delivered
where CustomerID is not null
group by CustomerID
