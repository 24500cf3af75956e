-- Accounts that a quarter, a year or twelve months lose, and no month of them does.
with losses as (
    select
        account_id,
        period_grain,
        period_start,
        period_end
    from {{ ref('fct_mrr_account_periods') }}
    where is_lost
)

select
    long_losses.account_id,
    long_losses.period_grain,
    long_losses.period_start
from losses as long_losses
left join losses as months
    on
        long_losses.account_id = months.account_id
        and months.period_grain = 'month'
        and long_losses.period_start <= months.period_start
        and long_losses.period_end >= months.period_end
where
    long_losses.period_grain in ('quarter', 'year', 'r12m')
    and months.account_id is null
