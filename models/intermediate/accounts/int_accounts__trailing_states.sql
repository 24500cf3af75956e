with windows as (
    select
        period_grain,
        period_index,
        trailing_year_start,
        period_end
    from {{ ref('dim_periods') }}
    where period_grain != 'day'
),

spells as (
    select
        account_id,
        active_from,
        active_to
    from {{ ref('fct_account_spells') }}
),

members as (
    select
        account_id,
        valid_from_date,
        valid_to_date,
        segment,
        industry,
        account_size_band,
        acquisition_channel,
        cohort_month
    from {{ ref('int_accounts__members') }}
),

-- Active at the start is active on the day before; so is active at the end.
starts as (
    select
        windows.period_grain,
        windows.period_index,
        windows.trailing_year_start,
        windows.period_end,
        spells.account_id
    from spells
    inner join windows
        on
            spells.active_from < windows.trailing_year_start
            and spells.active_to >= windows.trailing_year_start
),

states as (
    select
        starts.*,
        ending_spells.account_id is null as is_lost
    from starts
    left join spells as ending_spells
        on
            starts.account_id = ending_spells.account_id
            and starts.period_end > ending_spells.active_from
            and starts.period_end <= ending_spells.active_to
),

final as (
    select
        states.account_id,
        states.period_grain,
        states.period_index as from_index,
        states.period_index as to_index,
        members.segment,
        members.industry,
        members.account_size_band,
        members.acquisition_channel,
        members.cohort_month,
        1 as customers_at_start,
        cast(states.is_lost as integer) as customers_lost
    from states
    left join members
        on
            states.account_id = members.account_id
            and states.trailing_year_start >= members.valid_from_date
            and states.trailing_year_start < members.valid_to_date
)

select * from final
