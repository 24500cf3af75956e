-- Periods whose account-days, counted from edges, are not the days of the spells one by one.
with clock as (
    select as_of_date
    from {{ ref('int_build__clock') }}
),

windows as (
    select
        periods.period_grain,
        periods.period_start,
        periods.trailing_year_start as window_start,
        least(periods.period_end, clock.as_of_date + 1) as window_end
    from {{ ref('dim_periods') }} as periods
    cross join clock
    where periods.period_grain != 'day'
),

spell_days as (
    select
        windows.period_grain,
        windows.period_start,
        sum(
            {{ dbt.datediff(
                'greatest(spells.active_from, windows.window_start)',
                'least(spells.active_to, windows.window_end)',
                'day'
            ) }}
        ) as account_days
    from windows
    inner join {{ ref('fct_account_spells') }} as spells
        on
            windows.window_end > spells.active_from
            and windows.window_start < spells.active_to
    group by windows.period_grain, windows.period_start
)

select
    clv.period_grain,
    clv.period_start,
    clv.account_days,
    spell_days.account_days as days_of_spells
from {{ ref('kpi_clv') }} as clv
left join spell_days
    on
        clv.period_grain = spell_days.period_grain
        and clv.period_start = spell_days.period_start
where
    clv.dimension = 'total'
    and clv.account_days != coalesce(spell_days.account_days, 0)
