-- One row per stock code, with the name it most often goes by. Codes of letters are no goods.
select
    StockCode as product_id,
    mode(Description) as product_name,
    case
        when StockCode like 'gift\_%' escape '\' then 'Gift vouchers'
        when StockCode in ('POST', 'DOT', 'C2') then 'Postage and carriage'
        when StockCode in ('M', 'm', 'D', 'S') then 'Manual entries'
        when StockCode in ('B', 'AMAZONFEE', 'BANK CHARGES', 'CRUK') then 'Fees and bad debt'
        else 'Goods'
    end as product_category,
    StockCode like 'gift\_%' escape '\' as is_gift_card
from delivered
group by StockCode
