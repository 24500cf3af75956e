with clock as (
    select as_of_date
    from {{ ref('int_build__clock') }}
),

spells as (
    select
        account_id,
        active_from,
        active_to
    from {{ ref('fct_account_spells') }}
),

first_days as (
    select
        account_id,
        min(active_from) as first_active_date
    from spells
    group by account_id
),

-- No account can be a customer for more months than the calendar holds.
tenures as (
    select period_index - 1 as tenure_month
    from {{ ref('dim_periods') }}
    where period_grain = 'month'
),

-- Counted from the first day, so that a month that begins on the 31st does not drift.
tenure_months as (
    select
        first_days.account_id,
        first_days.first_active_date,
        tenures.tenure_month,
        cast(
            {{ dbt.dateadd('month', 'tenures.tenure_month', 'first_days.first_active_date') }}
            as date
        ) as month_start_date,
        cast(
            {{ dbt.dateadd('month', 'tenures.tenure_month + 1', 'first_days.first_active_date') }}
            as date
        ) as month_end_date
    from first_days
    cross join tenures
),

final as (
    select
        tenure_months.account_id,
        cast(tenure_months.tenure_month as integer) as tenure_month,
        tenure_months.first_active_date,
        tenure_months.month_start_date,
        tenure_months.month_end_date,
        later_spells.account_id is null as is_lost
    from tenure_months
    inner join clock
        on tenure_months.month_end_date <= clock.as_of_date
    inner join spells
        on
            tenure_months.account_id = spells.account_id
            and tenure_months.month_start_date >= spells.active_from
            and tenure_months.month_start_date < spells.active_to
    left join spells as later_spells
        on
            tenure_months.account_id = later_spells.account_id
            and tenure_months.month_end_date >= later_spells.active_from
            and tenure_months.month_end_date < later_spells.active_to
)

select * from final
