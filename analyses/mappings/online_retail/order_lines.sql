-- One row per row of the file. The file has no line number, so the id is a hash of the whole row:
-- rows that are equal in every column get one id, and staging keeps one of them.
select
    md5(concat_ws(
        '|', InvoiceNo, StockCode, coalesce(Description, ''), Quantity, InvoiceDate, UnitPrice,
        coalesce(cast(CustomerID as varchar), '0.0'), Country
    )) as order_line_id,
    InvoiceNo as order_id,
    Quantity as quantity,
    UnitPrice as unit_price,
    StockCode as product_id
from delivered
