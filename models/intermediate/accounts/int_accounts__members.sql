with account_versions as (
    select
        account_id,
        valid_from_date,
        valid_to_date,
        segment,
        industry,
        account_size_band,
        country,
        sales_rep,
        ultimate_parent_id,
        acquisition_channel
    from {{ ref('dim_accounts') }}
),

first_orders as (
    select
        account_id,
        first_order_date,
        first_product_category
    from {{ ref('int_accounts__first_orders') }}
),

final as (
    select
        account_versions.account_id,
        account_versions.valid_from_date,
        account_versions.valid_to_date,
        coalesce(account_versions.segment, '(unknown)') as segment,
        coalesce(account_versions.industry, '(unknown)') as industry,
        coalesce(account_versions.account_size_band, '(unknown)') as account_size_band,
        coalesce(account_versions.country, '(unknown)') as country,
        coalesce(account_versions.sales_rep, '(unknown)') as account_owner,
        account_versions.ultimate_parent_id as ultimate_parent,
        coalesce(account_versions.acquisition_channel, '(unattributed)') as acquisition_channel,
        coalesce(left(cast(first_orders.first_order_date as string), 7), '(unknown)')
            as cohort_month,
        coalesce(first_orders.first_product_category, '(unknown)') as first_product_category
    from account_versions
    left join first_orders
        on account_versions.account_id = first_orders.account_id
)

select * from final
