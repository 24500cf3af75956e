{{ config(
    materialized=table_or_increments(keeps_changes()),
    incremental_strategy='replace_units',
    unique_key=['account_id', 'period_end'],
    meta={
        'units_of_rows': {
            'fct_sales_entries': ['account_id'],
            'fct_survey_responses': ['account_id'],
            'dim_periods': ['period_end'],
        },
        'keeps_changes': 'rows',
        'event_time': 'period_end',
    },
    pre_hook='{{ find_units_of_changed_rows() }}',
    post_hook='{{ remember_whole_build() }}'
) }}
with surveyed_accounts as (
    select distinct account_id
    from {{ ref('fct_survey_responses') }}
    where is_eligible and is_answered and survey_type = 'relationship'
),

sales_days as (
    select
        account_id,
        entry_date,
        sum(gross_sales - discounts - returns - cancellations) as net_sales
    from {{ ref('fct_sales_entries') }}
    where is_eligible
    group by account_id, entry_date
),

period_ends as (
    select distinct
        period_end,
        trailing_year_start
    from {{ ref('dim_periods') }}
    where period_grain != 'day'
),

final as (
    select
        sales_days.account_id,
        period_ends.period_end,
        cast(greatest(sum(sales_days.net_sales), 0) as decimal(18, 4)) as net_sales
    from sales_days
    inner join surveyed_accounts
        on sales_days.account_id = surveyed_accounts.account_id
    inner join period_ends
        on
            sales_days.entry_date >= period_ends.trailing_year_start
            and sales_days.entry_date < period_ends.period_end
    {{ join_changed_units('sales_days', {'period_end': 'period_ends'}) }}
    group by sales_days.account_id, period_ends.period_end
)

select * from final
