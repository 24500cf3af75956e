-- Recurring revenue by contract and by movement.
create table mrr_spells as
select
    states.subscription_id, states.account_id,
    greatest(states.valid_from, members.valid_from) as valid_from,
    least(states.valid_to, members.valid_to) as valid_to,
    states.plan, states.sales_rep, states.currency, states.product, states.quantity,
    states.unit_price, states.discount_amount, states.billing_interval, states.interval_count,
    states.fx_rate, states.is_paused, states.is_trial, states.is_metered,
    coalesce(members.account_size_band, '(unknown)') as account_size_band,
    coalesce(members.industry, '(unknown)') as industry,
    coalesce(members.country, '(unknown)') as country,
    coalesce(members.acquisition_channel, '(unattributed)') as acquisition_channel,
    coalesce(members.ultimate_parent, states.account_id) as ultimate_parent,
    not states.is_metered and not states.is_trial and not states.is_paused as is_eligible,
    case when is_eligible then states.mrr else 0 end as mrr,
    case when is_eligible then states.mrr_list_price else 0 end as mrr_list_price,
    case when is_eligible and not states.is_cancel_requested then states.mrr else 0 end
        as mrr_committed
from priced_states as states
left join members
    on states.account_id = members.account_id
    and states.valid_from < members.valid_to and states.valid_to > members.valid_from
where
    states.subscription_id not in (from rejected_contracts)
    and states.account_id not in (from internal_accounts);

-- A contract on the day on which it begins, changes or ends.
create temp table turns as
with sides as (
    select
        subscription_id, valid_from, valid_to, account_id, mrr, is_eligible,
        is_paused and not is_trial and not is_metered as is_paused,
        coalesce(bool_or(mrr != 0) over (
            partition by subscription_id order by valid_from
            rows between unbounded preceding and 1 preceding
        ), false) as has_paid,
        plan, product, quantity,
        unit_price, discount_amount, billing_interval, interval_count, fx_rate,
        struct_pack(
            plan := plan, sales_rep := sales_rep, account_size_band := account_size_band,
            industry := industry, country := country, acquisition_channel := acquisition_channel,
            currency := currency, ultimate_parent := ultimate_parent
        ) as held
    from mrr_spells
),

joined as (
    select
        coalesce(later.valid_from, earlier.valid_to) as day,
        earlier.account_id as from_account, later.account_id as to_account,
        earlier.held as from_held, later.held as to_held,
        earlier.subscription_id is not null and later.subscription_id is not null as goes_on,
        coalesce(earlier.mrr, 0) as mrr_before,
        coalesce(later.mrr, 0) as mrr_after,
        coalesce(earlier.is_eligible, false) as was_paid,
        coalesce(later.is_eligible, false) as is_paid,
        coalesce(earlier.is_paused and later.has_paid, false) as was_paused,
        coalesce(later.is_paused, false) as is_paused,
        earlier.plan = later.plan and earlier.product = later.product as is_same_offer,
        coalesce(nullif(later.fx_rate, 0), earlier.fx_rate) as new_rate,
        monthly(
            cast(earlier.quantity as decimal(19, 4)) * earlier.unit_price
            - earlier.discount_amount,
            earlier.billing_interval, earlier.interval_count, new_rate
        ) as old_terms,
        monthly(
            cast(later.quantity as decimal(19, 4)) * earlier.unit_price - earlier.discount_amount,
            earlier.billing_interval, earlier.interval_count, new_rate
        ) as new_quantity
    from sides as earlier
    full join sides as later
        on earlier.subscription_id = later.subscription_id and earlier.valid_to = later.valid_from
    where later.subscription_id is not null or earlier.valid_to < date '9999-12-31'
)

select
    *,
    case when was_paid and is_paid then old_terms else mrr_before end as carried,
    case when was_paid and is_paused then mrr_before else 0 end as paused,
    case when was_paused and is_paid then old_terms else 0 end as resumed,
    goes_on and (from_account != to_account or from_held != to_held) as is_moved,
    goes_on and is_same_offer and is_paid and (was_paid or was_paused) as is_comparable
from joined;

create temp table legs as
select
    'fx' as kind, day, from_account as account_id, from_held as held,
    carried - mrr_before as amount, 0 as quantity_effect, 0 as price_effect
from turns
where from_account is not null
union all
select 'transferred', day, from_account, from_held, -carried, 0, 0 from turns where is_moved
union all
select 'transferred', day, to_account, to_held, carried, 0, 0 from turns where is_moved
union all
select 'paused', day, to_account, to_held, -paused, 0, 0 from turns where goes_on
union all
select 'resumed', day, to_account, to_held, resumed, 0, 0 from turns where goes_on
union all
select
    'sold', day, coalesce(to_account, from_account), coalesce(to_held, from_held),
    mrr_after - carried + paused - resumed,
    case when is_comparable then new_quantity - old_terms else 0 end,
    case when is_comparable then mrr_after - new_quantity else 0 end
from turns;

create table mrr_movements as
with balances as (
    select
        account_id, day,
        sum(sum(amount)) over (partition by account_id order by day) as at_close
    from legs
    group by account_id, day
),

histories as (
    select
        *,
        coalesce(max(at_close) over (
            partition by account_id order by day rows between unbounded preceding and 1 preceding
        ) > 0, false) as had_mrr
    from balances
),

told as (
    select
        legs.*, histories.at_close, histories.had_mrr
    from legs
    inner join histories on legs.account_id = histories.account_id and legs.day = histories.day
),

account_days as (
    select
        account_id, day, sum(amount) as sold,
        case
            when sum(amount) > 0 and any_value(at_close) = sum(amount)
                then case when any_value(had_mrr) then 'reactivated' else 'new' end
            when sum(amount) < 0 and any_value(at_close) = 0 then 'churned'
            when sum(amount) > 0 then 'expansion'
            when sum(amount) < 0 then 'contraction'
        end as kind
    from told
    where kind = 'sold'
    group by account_id, day
),

weighed as (
    select
        told.account_id, told.day, told.held, account_days.kind, account_days.sold,
        sum(told.amount) as amount,
        sum(told.quantity_effect) as quantity_effect,
        sum(told.price_effect) as price_effect,
        case
            when sign(sum(told.amount)) = sign(account_days.sold) then abs(sum(told.amount))
            else 0
        end as weight
    from told
    inner join account_days
        on told.account_id = account_days.account_id and told.day = account_days.day
    where told.kind = 'sold'
    group by told.account_id, told.day, told.held, account_days.kind, account_days.sold
),

cumulated as (
    select
        *,
        sum(weight) over (
            partition by account_id, day order by held
            rows between unbounded preceding and current row
        ) as so_far,
        sum(weight) over (partition by account_id, day) as total
    from weighed
),

shared as (
    select
        *,
        coalesce(share_of(sold, so_far, total) - share_of(sold, so_far - weight, total), 0) as own,
        kind in ('expansion', 'contraction') as has_effects
    from cumulated
),

movements as (
    select
        kind, day, account_id, held, amount, 0 as quantity_effect, 0 as price_effect,
        0 as mix_effect
    from told
    where kind != 'sold'
    union all
    select 'transferred', day, account_id, held, amount - own, 0, 0, 0 from shared
    union all
    select
        kind, day, account_id, held, own,
        case when has_effects then quantity_effect else 0 end,
        case when has_effects then price_effect else 0 end,
        case when has_effects then own - quantity_effect - price_effect else 0 end
    from shared
    where kind is not null
),

summed as (
    select
        account_id, day, kind, held, sum(amount) as mrr_change,
        sum(quantity_effect) as quantity_effect, sum(price_effect) as price_effect,
        sum(mix_effect) as mix_effect
    from movements
    group by account_id, day, kind, held
)

select * exclude (held), unnest(held)
from summed
where mrr_change != 0 or quantity_effect != 0 or price_effect != 0 or mix_effect != 0;

create table mrr_account_periods as
with balances as (
    select
        account_id, day as valid_from,
        lead(day, 1, date '9999-12-31') over by_day as valid_to,
        sum(change) over by_day as mrr
    from (
        select account_id, day, sum(mrr_change) as change
        from mrr_movements
        group by account_id, day
    )
    window by_day as (partition by account_id order by day)
),

firsts as (
    select account_id, min(valid_from) as first_day from balances where mrr > 0 group by account_id
),

states as (
    select
        balances.account_id, periods.grain, periods.number, periods.starts_on,
        coalesce(sum(balances.mrr) filter (balances.valid_from < periods.starts_on), 0) as at_start,
        coalesce(sum(balances.mrr) filter (balances.valid_to >= periods.ends_on), 0) as at_end,
        min(balances.valid_from) filter (balances.valid_from >= periods.starts_on) as moved_on
    from balances
    inner join periods
        on periods.grain != 'day'
        and balances.valid_from < periods.ends_on and balances.valid_to >= periods.starts_on
    group by all
),

moved as (
    select
        movements.account_id, periods.grain, periods.number,
        sum(mrr_change) filter (kind = 'new') as mrr_new,
        sum(mrr_change) filter (kind = 'expansion') as mrr_expansion,
        sum(-mrr_change) filter (kind = 'contraction') as mrr_contraction,
        sum(-mrr_change) filter (kind = 'churned') as mrr_churned,
        sum(mrr_change) filter (kind = 'reactivated') as mrr_reactivated
    from mrr_movements as movements
    inner join periods
        on periods.grain != 'day'
        and movements.day >= periods.starts_on and movements.day < periods.ends_on
    group by all
),

pauses as (
    select
        spells.account_id, periods.grain, periods.number,
        bool_or(spells.valid_from < periods.starts_on) as at_start,
        bool_or(spells.valid_to >= periods.ends_on) as at_end
    from mrr_spells as spells
    inner join periods
        on periods.grain != 'day'
        and spells.valid_from < periods.ends_on and spells.valid_to >= periods.starts_on
    where spells.is_paused and not spells.is_trial and not spells.is_metered
    group by all
),

held as (
    select
        states.*,
        coalesce(firsts.first_day < states.starts_on, false) as had_mrr,
        states.at_start > 0 or (coalesce(pauses.at_start, false) and had_mrr) as is_at_start,
        states.at_end > 0 or coalesce(pauses.at_end, false) as is_at_end
    from states
    left join firsts on states.account_id = firsts.account_id
    left join pauses
        on states.account_id = pauses.account_id
        and states.grain = pauses.grain and states.number = pauses.number
)

select
    held.grain, held.number,
    members.owner as sales_rep, members.account_size_band, members.industry, members.country,
    members.acquisition_channel,
    held.at_start as mrr_at_start,
    case when held.at_start > 0 then held.at_end else 0 end as mrr_retained_net,
    least(held.at_start, held.at_end) as mrr_retained_gross,
    case when held.at_start <= 0 and held.had_mrr then held.at_end else 0 end
        as mrr_reactivated_at_end,
    coalesce(columns(moved.* exclude (account_id, grain, number)), 0),
    cast(held.is_at_start as integer) as accounts_at_start,
    cast(held.is_at_start and not held.is_at_end as integer) as accounts_lost
from held
left join moved
    on held.account_id = moved.account_id
    and held.grain = moved.grain and held.number = moved.number
left join members
    on held.account_id = members.account_id
    and case when held.is_at_start then held.starts_on else held.moved_on end >= members.valid_from
    and case when held.is_at_start then held.starts_on else held.moved_on end < members.valid_to
where held.is_at_start or held.moved_on is not null;

create table usage_spells as
with charges as (
    select
        charges.usage_charge_id, charges.subscription_id, charges.usage_date,
        times(charges.amount, case when charges.currency_code = 'EUR' then 1 else fx_rates.rate end)
            as amount
    from stg.usage_charges as charges
    left join fx_rates
        on charges.currency_code = fx_rates.currency_code
        and date_trunc('month', charges.usage_date) = fx_rates.rate_date
    where
        not charges.is_deleted and charges.usage_date <= getvariable('as_of')
        and (charges.currency_code = 'EUR' or fx_rates.rate is not null)
)

select
    spells.* exclude (valid_from, valid_to, mrr, mrr_list_price, mrr_committed),
    greatest(spells.valid_from, charges.usage_date) as valid_from,
    cast(least(spells.valid_to, charges.usage_date + interval 3 month) as date) as valid_to,
    charges.amount
from charges
inner join mrr_spells as spells
    on charges.subscription_id = spells.subscription_id
    and charges.usage_date < spells.valid_to
    and charges.usage_date + interval 3 month > spells.valid_from
where exists (
    from mrr_spells as running
    where
        running.subscription_id = charges.subscription_id
        and charges.usage_date >= running.valid_from and charges.usage_date < running.valid_to
);
