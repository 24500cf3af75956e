with versions as (
    select
        products.product_id,
        {{ reporting_date('products.valid_from') }} as valid_from_date,
        products.product_name,
        products.product_category,
        products.is_gift_card,
        row_number() over (
            partition by products.product_id, {{ reporting_date('products.valid_from') }}
            order by products.valid_from desc nulls last
        ) as newest_of_day
    from {{ ref('stg_contract__products') }} as products
    cross join {{ ref('int_build__clock') }} as clock
    where {{ row_exclusion('products.valid_from', 'products') }} is null
),

ordered as (
    select
        *,
        row_number() over by_start as version_number,
        lead(valid_from_date) over by_start as next_valid_from_date
    from versions
    where newest_of_day = 1
    window by_start as (partition by product_id order by valid_from_date nulls first)
),

final as (
    select
        product_id,
        case when version_number = 1 then date '0001-01-01' else valid_from_date end
            as valid_from_date,
        coalesce(next_valid_from_date, date '9999-12-31') as valid_to_date,
        product_name,
        product_category,
        coalesce(is_gift_card, false) as is_gift_card
    from ordered
)

select * from final
