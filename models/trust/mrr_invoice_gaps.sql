with clock as (
    select as_of_date
    from {{ ref('int_build__clock') }}
),

months as (
    select
        periods.period_start as month_start,
        least(periods.period_end, cast(clock.as_of_date + interval 1 day as date)) as month_end,
        periods.is_complete_period as is_complete_month
    from {{ ref('dim_periods') }} as periods
    cross join clock
    where periods.period_grain = 'month'
),

delivered as (
    select {{ is_delivered(['subscriptions']) | indent(4) }} as is_source_delivered
),

spells as (
    select
        subscription_id,
        valid_from,
        valid_to,
        billing_interval,
        interval_count,
        {{ money_share(
            '(cast(quantity as decimal(19, 4)) * unit_price_local - discount_amount_local) * 10000',
            'fx_rate',
            '10000'
        ) }} as billing_amount,
        mrr,
        is_eligible
    from {{ ref('fct_mrr_spells') }}
    where is_eligible or exclusion_reason = 'paused'
),

-- Billing begins anew when a contract begins, returns, or changes its interval. A pause bills
-- nothing and moves no date.
turns as (
    select
        *,
        coalesce(
            lag(valid_to) over so_far = valid_from
            and lag(billing_interval) over so_far = billing_interval
            and lag(interval_count) over so_far = interval_count,
            false
        ) as goes_on
    from spells
    window so_far as (partition by subscription_id order by valid_from)
),

anchored as (
    select
        *,
        max(case when not goes_on then valid_from end) over (
            partition by subscription_id
            order by valid_from
            rows between unbounded preceding and current row
        ) as anchor_date,
        interval_count * case billing_interval when 'week' then 7 else 1 end as interval_days,
        interval_count
        * case billing_interval when 'year' then 12 when 'quarter' then 3 else 1 end
            as interval_months
    from turns
),

pieces as (
    select
        months.month_start,
        anchored.billing_interval,
        anchored.interval_days,
        anchored.interval_months,
        anchored.billing_amount,
        anchored.anchor_date,
        anchored.mrr,
        greatest(anchored.valid_from, months.month_start) as piece_from,
        least(anchored.valid_to, months.month_end) as piece_to,
        anchored.valid_to >= months.month_end as holds_at_close,
        12 * (extract(year from months.month_start) - extract(year from anchored.anchor_date))
        + extract(month from months.month_start) - extract(month from anchored.anchor_date)
            as months_since
    from anchored
    inner join months
        on
            anchored.valid_from < months.month_end
            and anchored.valid_to > months.month_start
    where anchored.is_eligible
),

-- Months are counted from the first billing, so that the 31st comes back after a shorter month.
dated as (
    select
        *,
        {{ days_between('anchor_date', 'piece_from') }} as days_from,
        {{ days_between('anchor_date', 'piece_to') }} as days_to,
        {{ months_after('anchor_date', 'months_since') }} as billing_date
    from pieces
),

billed as (
    select
        month_start,
        billing_interval,
        billing_amount,
        holds_at_close,
        mrr,
        case
            when billing_interval in ('day', 'week')
                then
                    {{ integer_divide('days_to + interval_days - 1', 'interval_days') }}
                    - {{ integer_divide('days_from + interval_days - 1', 'interval_days') }}
            when
                months_since % interval_months = 0
                and billing_date >= piece_from
                and billing_date < piece_to
                then 1
            else 0
        end as billings
    from dated
),

by_interval as (
    select
        month_start,
        billing_interval,
        sum(billings) as billings,
        sum(billings * billing_amount) as billed_amount,
        sum(case when holds_at_close then mrr else 0 end) as mrr
    from billed
    group by month_start, billing_interval
),

sums as (
    select *
    from by_interval
    union all
    select
        month_start,
        'all' as billing_interval,
        sum(billings) as billings,
        sum(billed_amount) as billed_amount,
        sum(mrr) as mrr
    from by_interval
    group by month_start
),

intervals as (
    select distinct billing_interval
    from spells
    union
    select 'all' as billing_interval
),

final as (
    select
        months.month_start,
        cast(intervals.billing_interval as string) as billing_interval,
        {%- for column, type in [
            ('billings', 'bigint'), ('billed_amount', 'decimal(18, 4)'), ('mrr', 'decimal(18, 4)'),
        ] %}
        cast(
            case when delivered.is_source_delivered then coalesce(sums.{{ column }}, 0) end
            as {{ type }}
        ) as {{ column }},
        {%- endfor %}
        cast(
            case
                when delivered.is_source_delivered
                    then coalesce(sums.billed_amount, 0) - coalesce(sums.mrr, 0)
            end as decimal(18, 4)
        ) as gap_amount,
        case when delivered.is_source_delivered then 'ok' else 'missing_source' end as gap_status,
        months.is_complete_month
    from months
    cross join intervals
    cross join delivered
    left join sums
        on
            months.month_start = sums.month_start
            and intervals.billing_interval = sums.billing_interval
)

select * from final
