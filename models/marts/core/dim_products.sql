with versions as (
    select * from {{ ref('int_products__versions') }}
),

sold as (
    select distinct product_id
    from {{ ref('int_order_lines__priced') }}
    where product_id is not null
),

unioned as (
    select
        product_id,
        valid_from_date,
        valid_to_date,
        product_name,
        product_category,
        is_gift_card
    from versions
    union all
    -- Sold, but delivered by no system; and the member of lines that name no product.
    select
        coalesce(sold.product_id, '(unknown)') as product_id,
        date '0001-01-01' as valid_from_date,
        date '9999-12-31' as valid_to_date,
        cast(null as string) as product_name,
        cast(null as string) as product_category,
        false as is_gift_card
    from (
        select product_id from sold
        union all
        select null as product_id
    ) as sold
    left join versions on sold.product_id = versions.product_id
    where versions.product_id is null
),

final as (
    select
        product_id,
        cast(valid_from_date as date) as valid_from_date,
        cast(valid_to_date as date) as valid_to_date,
        valid_to_date = date '9999-12-31' as is_current,
        coalesce(product_name, product_id) as product_name,
        coalesce(product_category, '(unknown)') as product_category,
        is_gift_card
    from unioned
)

select * from final
