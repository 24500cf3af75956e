with months as (
    select
        kpi,
        variant,
        dimension,
        dimension_value,
        period_start
    from {{ ref('int_forecasts__series') }}
    where
        kpi = 'mrr'
        and variant = 'mrr'
        and point >= {{ var('forecast_min_points') }}
),

targets as (
    {{ forecast_months('months') }}
),

origins as (
    select distinct
        period_start,
        origin_on
    from targets
),

spells as (
    select
        subscription_id,
        plan,
        valid_from,
        valid_to,
        is_eligible,
        mrr
    from {{ ref('fct_mrr_spells') }}
),

contracts as (
    select
        subscriptions.subscription_id,
        subscriptions.company_id,
        subscriptions.end_date,
        subscriptions.trial_end_date,
        subscriptions.plan_name,
        subscriptions.currency_code,
        subscriptions.quantity,
        subscriptions.unit_price,
        subscriptions.discount_amount,
        subscriptions.billing_interval,
        subscriptions.interval_count,
        coalesce(subscriptions.is_metered, false) as is_metered,
        {{ reporting_date('subscriptions.cancel_requested_at') }} as cancel_requested_on
    from {{ ref('stg_contract__subscriptions') }} as subscriptions
    cross join {{ ref('int_build__clock') }} as clock
    where
        not subscriptions.is_deleted
        and coalesce(subscriptions.loaded_at <= clock.as_of, true)
),

-- A change without a moment of recording is taken to be known when it happens.
changes as (
    select
        changes.change_id,
        changes.subscription_id,
        changes.change_type,
        changes.effective_date,
        changes.company_id,
        changes.plan_name,
        changes.quantity,
        changes.unit_price,
        changes.discount_amount,
        changes.billing_interval,
        changes.interval_count,
        coalesce({{ reporting_date('changes.recorded_at') }}, changes.effective_date) as known_on
    from {{ ref('stg_contract__subscription_changes') }} as changes
    cross join {{ ref('int_build__clock') }} as clock
    where
        not changes.is_deleted
        and coalesce(changes.loaded_at <= clock.as_of, true)
),

-- Who asks to cancel and has no end date is gone at once, as in `mrr_committed`.
announced_ends as (
    select
        subscription_id,
        cancel_requested_on as announced_for,
        cancel_requested_on as known_on,
        coalesce(end_date, cancel_requested_on) as gone_on
    from contracts
    where cancel_requested_on is not null
    union all
    select
        changes.subscription_id,
        changes.effective_date as announced_for,
        changes.known_on,
        case
            when changes.change_type = 'end' then changes.effective_date
            else coalesce(contracts.end_date, changes.effective_date)
        end as gone_on
    from changes
    inner join contracts on changes.subscription_id = contracts.subscription_id
    where changes.change_type in ('cancel_request', 'end')
),

-- A start takes back what was announced before it.
known_ends as (
    select
        origins.origin_on,
        announced_ends.subscription_id,
        min(announced_ends.gone_on) as gone_on
    from origins
    inner join announced_ends on origins.origin_on > announced_ends.known_on
    left join changes as restarts
        on
            announced_ends.subscription_id = restarts.subscription_id
            and restarts.change_type = 'start'
            and announced_ends.announced_for <= restarts.effective_date
            and origins.origin_on > restarts.effective_date
            and origins.origin_on > restarts.known_on
    where restarts.subscription_id is null
    group by origins.origin_on, announced_ends.subscription_id
),

running as (
    select
        origins.origin_on,
        spells.subscription_id,
        spells.plan,
        spells.is_eligible,
        spells.mrr,
        cast(null as date) as starts_on
    from origins
    inner join spells
        on
            origins.origin_on > spells.valid_from
            and origins.origin_on <= spells.valid_to
),

uncounted_contracts as (
    select subscription_id
    from {{ ref('int_subscriptions__checked') }}
    where reject_reason is not null
),

internal_companies as (
    select company_id
    from {{ ref('int_identity__companies') }}
    where is_internal
),

rates as (
    select
        currency_code,
        rate_date,
        rate
    from {{ ref('int_fx__daily_rates') }}
),

-- Signed and not begun: at the terms of the first day and the rate of the last month known.
signed as (
    select
        origins.origin_on,
        starts.subscription_id,
        coalesce(starts.plan_name, contracts.plan_name, '(unknown)') as plan,
        {{ monthly_amount(
            'cast(coalesce(starts.quantity, contracts.quantity) as decimal(19, 4))'
                ~ ' * coalesce(starts.unit_price, contracts.unit_price)'
                ~ ' - coalesce(starts.discount_amount, contracts.discount_amount)',
            'coalesce(starts.billing_interval, contracts.billing_interval)',
            'coalesce(starts.interval_count, contracts.interval_count)',
            'cast(case when contracts.currency_code = \'' ~ var('reporting_currency')
                ~ '\' then 1 else rates.rate end as decimal(18, 8))'
        ) }} as mrr,
        greatest(
            starts.effective_date, coalesce(contracts.trial_end_date, starts.effective_date)
        ) as starts_on
    from origins
    inner join changes as starts
        on
            origins.origin_on > starts.known_on
            and origins.origin_on <= starts.effective_date
            and starts.change_type = 'start'
    inner join contracts on starts.subscription_id = contracts.subscription_id
    left join rates
        on
            contracts.currency_code = rates.currency_code
            and origins.period_start = rates.rate_date
    left join running
        on
            origins.origin_on = running.origin_on
            and starts.subscription_id = running.subscription_id
    left join uncounted_contracts
        on starts.subscription_id = uncounted_contracts.subscription_id
    left join internal_companies
        on coalesce(starts.company_id, contracts.company_id) = internal_companies.company_id
    where
        running.subscription_id is null
        and uncounted_contracts.subscription_id is null
        and internal_companies.company_id is null
        and not contracts.is_metered
    qualify row_number() over (
        partition by origins.origin_on, starts.subscription_id
        order by starts.effective_date, starts.change_id
    ) = 1
),

known_contracts as (
    select
        known.origin_on,
        known.plan,
        known.mrr,
        known.starts_on,
        known_ends.gone_on
    from (
        select
            origin_on,
            subscription_id,
            plan,
            mrr,
            starts_on
        from running
        where is_eligible
        union all
        select
            origin_on,
            subscription_id,
            plan,
            mrr,
            starts_on
        from signed
    ) as known
    left join known_ends
        on
            known.origin_on = known_ends.origin_on
            and known.subscription_id = known_ends.subscription_id
),

final as (
    select
        targets.kpi,
        targets.variant,
        targets.dimension,
        targets.dimension_value,
        'open_contracts' as method,
        targets.period_start as trained_until,
        targets.horizon,
        targets.target_start as period_start,
        cast(coalesce(sum(known_contracts.mrr), 0) as double) as forecast_value
    from targets
    left join known_contracts
        on
            targets.origin_on = known_contracts.origin_on
            and (
                targets.dimension = 'total'
                or targets.dimension_value = known_contracts.plan
            )
            and coalesce(targets.target_end > known_contracts.starts_on, true)
            and coalesce(targets.target_end <= known_contracts.gone_on, true)
    group by all
)

select * from final
