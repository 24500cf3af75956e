-- Contracts as dated states, what they come to in a month, and what moved that.
create temp table contracts as
select
    subscription_id, company_id, start_date, plan_name, product_id,
    coalesce(sales_rep_id, '(unknown)') as sales_rep, currency_code as currency, quantity,
    unit_price, discount_amount, discount_end_date, billing_interval, interval_count,
    trial_end_date, cancel_requested_at, coalesce(is_metered, false) as is_metered, cancel_reason,
    coalesce(is_involuntary, false) as is_involuntary,
    coalesce(end_date, date '9999-12-31') as ends_on,
    coalesce(past_due_since + 30, date '9999-12-31') as dunned_on
from stg.subscriptions
where not is_deleted and start_date <= getvariable('as_of');

create temp table contract_steps as
select
    subscription_id, start_date as valid_from, 1 as step, null::timestamp as recorded_at,
    null as change_id, true as is_running, false as is_paused,
    trial_end_date is not null as is_trial, false as is_cancel_requested, company_id, plan_name,
    product_id, quantity, unit_price, discount_amount, billing_interval, interval_count
from contracts
union all
select
    contracts.subscription_id, greatest(announced.day, contracts.start_date), 2,
    case when announced.kind = 'cancel_request' then contracts.cancel_requested_at end,
    announced.kind, null, null,
    case when announced.kind = 'end_of_trial' then false end,
    case when announced.kind = 'cancel_request' then true end,
    null, null, null, null, null,
    case when announced.kind = 'end_of_discount' then 0 end, null, null
from contracts
cross join lateral (
    values ('end_of_discount', contracts.discount_end_date),
        ('end_of_trial', contracts.trial_end_date),
        ('cancel_request', case
            when contracts.cancel_requested_at <= getvariable('as_of')
                then cast(contracts.cancel_requested_at as date)
        end)
) as announced (kind, day)
where announced.day <= getvariable('today')
union all
select
    changes.subscription_id, greatest(changes.effective_date, contracts.start_date), 3,
    changes.recorded_at, changes.change_id,
    case
        when changes.change_type = 'end' then false
        when changes.change_type in ('start', 'resume') then true
    end,
    case
        when changes.change_type = 'pause' then true
        when changes.change_type in ('start', 'resume', 'end') then false
    end,
    null,
    case changes.change_type when 'cancel_request' then true when 'start' then false end,
    changes.company_id, changes.plan_name, changes.product_id, changes.quantity,
    changes.unit_price, changes.discount_amount, changes.billing_interval, changes.interval_count
from stg.subscription_changes as changes
inner join contracts on changes.subscription_id = contracts.subscription_id
where
    not changes.is_deleted and changes.effective_date <= getvariable('as_of')
    and coalesce(changes.recorded_at <= getvariable('as_of'), true);

create table contract_states as
with filled as (
    select
        subscription_id, valid_from,
        row_number() over so_far as number,
        last_value(columns(
            * exclude (subscription_id, valid_from, step, recorded_at, change_id)
        ) ignore nulls) over so_far
    from contract_steps
    window so_far as (
        partition by subscription_id order by valid_from, step, recorded_at, change_id
        rows between unbounded preceding and current row
    )
),

daily as (
    from filled
    qualify row_number() over (partition by subscription_id, valid_from order by number desc) = 1
),

stated as (
    select
        *,
        lead(valid_from, 1, date '9999-12-31') over by_day as next_from,
        lead(is_running, 1, false) over by_day as runs_on,
        lead(company_id) over by_day as next_company_id
    from daily
    window by_day as (partition by subscription_id order by valid_from)
),

stretches as (
    select
        stated.* exclude (number, company_id, next_company_id, plan_name, product_id),
        coalesce(accounts.account_id, stated.company_id) as account_id,
        coalesce(next_accounts.account_id, stated.next_company_id) as next_account_id,
        coalesce(stated.plan_name, '(unknown)') as plan,
        coalesce(stated.product_id, '(unknown)') as product,
        contracts.sales_rep, contracts.currency, contracts.is_metered, contracts.start_date,
        contracts.ends_on, contracts.dunned_on, contracts.is_involuntary, contracts.cancel_reason,
        least(stated.next_from, contracts.ends_on, contracts.dunned_on) as valid_to
    from stated
    inner join contracts on stated.subscription_id = contracts.subscription_id
    left join companies as accounts on stated.company_id = accounts.company_id
    left join companies as next_accounts on stated.next_company_id = next_accounts.company_id
    where stated.is_running
),

judged as (
    select
        *,
        case
            when valid_to > getvariable('today') then null
            when dunned_on <= least(next_from, ends_on) then 'non_payment'
            when ends_on <= next_from or not runs_on
                then case when is_involuntary then 'non_payment' else 'cancelled' end
            when next_account_id != account_id then 'transferred'
        end as end_reason
    from stretches
    where valid_from < valid_to
)

select
    subscription_id, account_id, plan, product, sales_rep, currency, is_trial, is_paused,
    is_metered, is_cancel_requested, quantity, unit_price, discount_amount, billing_interval,
    interval_count, start_date, valid_from,
    case when valid_to > getvariable('today') then date '9999-12-31' else valid_to end as valid_to,
    end_reason,
    case end_reason when 'cancelled' then true when 'non_payment' then false end as is_voluntary,
    case when end_reason in ('cancelled', 'non_payment') then cancel_reason end as cancel_reason
from judged;

-- An amount per billing as an amount per month, rounded once.
create macro monthly(amount, billing_interval, interval_count, rate) as share_of(
    cast(amount as decimal(28, 8)) * 10000,
    rate * case billing_interval when 'week' then 52 when 'day' then 365 else 1 end,
    10000 * interval_count
    * case billing_interval when 'month' then 1 when 'quarter' then 3 else 12 end
);

create temp table priced_states as
with pieces as (
    select
        states.* exclude (valid_from, valid_to),
        greatest(states.valid_from, months.month) as valid_from,
        case
            when
                states.valid_to > getvariable('today')
                and months.month + interval 1 month > getvariable('today')
                then states.valid_to
            else cast(least(states.valid_to, months.month + interval 1 month) as date)
        end as valid_to,
        fx_rates.rate
    from contract_states as states
    inner join (select distinct month from days) as months
        on states.valid_from < months.month + interval 1 month and states.valid_to > months.month
    left join fx_rates
        on states.currency = fx_rates.currency_code and months.month = fx_rates.rate_date
    where states.currency != 'EUR'
    union all
    select * exclude (valid_from, valid_to), valid_from, valid_to, 1
    from contract_states
    where currency = 'EUR'
)

select
    * exclude (rate),
    not is_trial and not is_paused and not is_metered as is_paid,
    cast(coalesce(rate, 0) as decimal(18, 8)) as fx_rate,
    cast(quantity as decimal(19, 4)) * unit_price as list_amount,
    rate is null and is_paid and (list_amount != 0 or discount_amount != 0) as is_fx_missing,
    list_amount - discount_amount as billed_amount,
    case
        when is_paid then monthly(billed_amount, billing_interval, interval_count, fx_rate) else 0
    end as mrr,
    case
        when is_paid then monthly(list_amount, billing_interval, interval_count, fx_rate) else 0
    end as mrr_list_price
from pieces;

create temp table unrated_contracts as
select distinct subscription_id from priced_states where is_fx_missing;

create temp table counted_states as
select subscription_id, account_id, valid_from, valid_to, mrr
from priced_states
where
    subscription_id not in (from unrated_contracts)
    and account_id not in (from internal_accounts);

create temp table account_hand_overs as
select distinct holders.account_id as from_id, others.account_id as to_id
from counted_states as holders
inner join counted_states as others
    on holders.subscription_id = others.subscription_id and holders.account_id != others.account_id;

-- Contracts without a rate, and those of accounts whose recurring revenue would be negative.
create temp table rejected_contracts as
with steps as (
    select account_id, unnest([valid_from, valid_to]) as day, unnest([mrr, -mrr]) as change
    from counted_states
),

negative as (
    select distinct account_id
    from (
        select account_id, sum(sum(change)) over (partition by account_id order by day) as mrr
        from steps
        group by account_id, day
    )
    where mrr < 0
),

taken_along as (
    from negative
    union
    select pairs.to_id from reached('account_hand_overs') as pairs
    inner join negative on pairs.from_id = negative.account_id
)

from unrated_contracts
union
select subscription_id from counted_states where account_id in (from taken_along);

delete from contract_states where subscription_id in (from rejected_contracts);

create table contract_spells as
select
    subscription_id, account_id, plan, start_date, valid_from, valid_to, is_trial, end_reason,
    is_voluntary, cancel_reason
from contract_states
where account_id not in (from internal_accounts);
