{%- set signs = {
    'new': '', 'expansion': '', 'contraction': '-', 'churned': '-', 'reactivated': '',
} %}

with periods as (
    select
        period_grain,
        period_index,
        period_start,
        period_end
    from {{ ref('dim_periods') }}
    where period_grain != 'day'
),

movements as (
    select
        account_id,
        movement_date,
        movement_type,
        mrr_change
    from {{ ref('fct_mrr_movements') }}
),

pauses as (
    select
        account_id,
        valid_from,
        valid_to
    from {{ ref('fct_mrr_spells') }}
    where exclusion_reason = 'paused'
),

members as (
    select
        account_id,
        valid_from_date,
        valid_to_date,
        account_owner,
        account_size_band,
        industry,
        country,
        acquisition_channel
    from {{ ref('int_accounts__members') }}
),

account_days as (
    select
        account_id,
        movement_date,
        sum(mrr_change) as mrr_change
    from movements
    group by account_id, movement_date
),

balances as (
    select
        account_id,
        movement_date as valid_from,
        lead(movement_date, 1, date '9999-12-31') over by_day as valid_to,
        sum(mrr_change) over by_day as mrr
    from account_days
    window by_day as (partition by account_id order by movement_date)
),

-- Balances that reach into a period, and those that end on its first day: they held the day before.
states as (
    select
        balances.account_id,
        periods.period_grain,
        periods.period_index,
        periods.period_start,
        periods.period_end,
        coalesce(sum(balances.mrr) filter (where balances.valid_from < periods.period_start), 0)
            as mrr_at_start,
        coalesce(sum(balances.mrr) filter (where balances.valid_to >= periods.period_end), 0)
            as mrr_at_end,
        min(balances.valid_from) filter (where balances.valid_from >= periods.period_start)
            as first_movement_date
    from balances
    inner join periods
        on
            balances.valid_from < periods.period_end
            and balances.valid_to >= periods.period_start
    group by all
),

moved as (
    select
        {%- for movement, sign in signs.items() %}
        sum({{ sign }}movements.mrr_change) filter (
            where movements.movement_type = '{{ movement }}'
        ) as mrr_{{ movement }},
        {%- endfor %}
        movements.account_id,
        periods.period_grain,
        periods.period_index
    from movements
    inner join periods
        on
            movements.movement_date >= periods.period_start
            and movements.movement_date < periods.period_end
    group by movements.account_id, periods.period_grain, periods.period_index
),

first_days as (
    select
        account_id,
        min(valid_from) as first_mrr_date
    from balances
    where mrr > 0
    group by account_id
),

-- Paused at the start is paused on the day before, as with MRR.
paused as (
    select
        pauses.account_id,
        periods.period_grain,
        periods.period_index,
        bool_or(pauses.valid_from < periods.period_start) as is_paused_at_start,
        bool_or(pauses.valid_to >= periods.period_end) as is_paused_at_end
    from pauses
    inner join periods
        on
            pauses.valid_from < periods.period_end
            and pauses.valid_to >= periods.period_start
    group by pauses.account_id, periods.period_grain, periods.period_index
),

-- Whoever paid before and pauses is still an account: it is lost when the pause ends in an end, in
-- periods of any length.
held as (
    select
        states.*,
        coalesce(first_days.first_mrr_date < states.period_start, false) as had_mrr,
        states.mrr_at_start > 0
        or (
            coalesce(paused.is_paused_at_start, false)
            and coalesce(first_days.first_mrr_date < states.period_start, false)
        ) as is_at_start,
        states.mrr_at_end > 0 or coalesce(paused.is_paused_at_end, false) as is_at_end
    from states
    left join first_days on states.account_id = first_days.account_id
    left join paused
        on
            states.account_id = paused.account_id
            and states.period_grain = paused.period_grain
            and states.period_index = paused.period_index
),

judged as (
    select
        *,
        case when is_at_start then period_start else first_movement_date end as member_date,
        case when mrr_at_start > 0 then mrr_at_end else 0 end as mrr_retained_net,
        least(mrr_at_start, mrr_at_end) as mrr_retained_gross,
        case when mrr_at_start <= 0 and had_mrr then mrr_at_end else 0 end
            as mrr_reactivated_at_end,
        mrr_at_start > 0 as has_mrr_at_start,
        is_at_start and not is_at_end as is_lost
    from held
    where is_at_start or first_movement_date is not null
),

final as (
    select
        judged.account_id,
        judged.period_grain,
        judged.period_index,
        judged.period_start,
        judged.period_end,
        judged.member_date,
        members.account_owner as sales_rep,
        members.account_size_band,
        members.industry,
        members.country,
        members.acquisition_channel,
        {%- for amount in [
            'mrr_at_start', 'mrr_at_end', 'mrr_retained_net', 'mrr_retained_gross',
            'mrr_reactivated_at_end',
        ] %}
        cast(judged.{{ amount }} as decimal(18, 4)) as {{ amount }},
        {%- endfor %}
        {%- for movement in signs %}
        cast(coalesce(moved.mrr_{{ movement }}, 0) as decimal(18, 4)) as mrr_{{ movement }},
        {%- endfor %}
        judged.has_mrr_at_start,
        judged.is_at_start,
        judged.is_lost
    from judged
    left join moved
        on
            judged.account_id = moved.account_id
            and judged.period_grain = moved.period_grain
            and judged.period_index = moved.period_index
    left join members
        on
            judged.account_id = members.account_id
            and judged.member_date >= members.valid_from_date
            and judged.member_date < members.valid_to_date
)

select * from final
