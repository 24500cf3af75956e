{%- set members = [
    'plan', 'sales_rep', 'account_size_band', 'industry', 'country', 'acquisition_channel',
    'currency', 'ultimate_parent',
] %}
{%- set tuple = (['account_id'] + members) | join(', ') %}
{#- Kind, whose members it has, amount, effects of quantity and price, condition. -#}
{%- set booked = [
    ['fx', 'before', 'carried - before_mrr', '0', '0', 'true'],
    ['transferred', 'before', '-carried', '0', '0', 'is_moved'],
    ['transferred', 'after', 'carried', '0', '0', 'is_moved'],
    ['paused', 'after', '-paused', '0', '0', 'goes_on'],
    ['resumed', 'after', 'resumed', '0', '0', 'goes_on'],
    ['sold', 'either', 'after_mrr - carried + paused - resumed',
        'case when is_comparable then new_quantity - old_terms else 0 end',
        'case when is_comparable then after_mrr - new_quantity else 0 end', 'true'],
] %}

with spells as (
    select
        {{ columns_except(['exclusion_reason']) }},
        coalesce(exclusion_reason, '') = 'paused' as is_paused,
        coalesce(
            bool_or(mrr != 0) over (
                partition by subscription_id
                order by valid_from
                rows between unbounded preceding and 1 preceding
            ), false
        ) as has_paid,
        cast(quantity as decimal(19, 4)) * unit_price_local - discount_amount_local
            as billed_amount_local
    from {{ ref('fct_mrr_spells') }}
    where coalesce(exclusion_reason, '') != 'internal_account'
),

-- A contract on the day on which it begins, changes or ends: what it was and what it is now, and
-- what its old terms come to at the rate of the day, for the old and for the new quantity.
turns as (
    select
        coalesce(after_spells.valid_from, before_spells.valid_to) as movement_date,
        {%- for member in ['account_id'] + members %}
        before_spells.{{ member }} as before_{{ member }},
        after_spells.{{ member }} as after_{{ member }},
        {%- endfor %}
        before_spells.subscription_id is not null and after_spells.subscription_id is not null
            as goes_on,
        coalesce(before_spells.mrr, 0) as before_mrr,
        coalesce(after_spells.mrr, 0) as after_mrr,
        coalesce(before_spells.is_eligible, false) as was_paid,
        coalesce(after_spells.is_eligible, false) as is_paid,
        -- Nothing comes back that never was: a trial that was paused begins to pay when it resumes.
        coalesce(before_spells.is_paused and after_spells.has_paid, false) as was_paused,
        coalesce(after_spells.is_paused, false) as is_paused,
        before_spells.plan = after_spells.plan and before_spells.product = after_spells.product
            as is_same_offer,
        -- A contract that is free from now on needs no rate: it leaves at the old one.
        coalesce(nullif(after_spells.fx_rate, 0), before_spells.fx_rate) as new_rate,
        {{ monthly_amount(
            'before_spells.billed_amount_local',
            'before_spells.billing_interval', 'before_spells.interval_count', 'new_rate'
        ) }} as old_terms,
        {{ monthly_amount(
            'cast(after_spells.quantity as decimal(19, 4)) * before_spells.unit_price_local'
                ~ ' - before_spells.discount_amount_local',
            'before_spells.billing_interval', 'before_spells.interval_count', 'new_rate'
        ) }} as new_quantity
    from spells as before_spells
    full outer join spells as after_spells
        on
            before_spells.subscription_id = after_spells.subscription_id
            and before_spells.valid_to = after_spells.valid_from
    where after_spells.subscription_id is not null or before_spells.valid_to < date '9999-12-31'
),

-- In this order: the rate moves the old amount, the members take it along, a pause takes it out and
-- a resumption brings it back; what is left is a matter of sales.
steps as (
    select
        *,
        case when was_paid and is_paid then old_terms else before_mrr end as carried,
        case when was_paid and is_paused then before_mrr else 0 end as paused,
        case when was_paused and is_paid then old_terms else 0 end as resumed,
        goes_on and (
            {%- for member in ['account_id'] + members %}
            before_{{ member }} != after_{{ member }}{{ ' or' if not loop.last }}
            {%- endfor %}
        ) as is_moved,
        goes_on and is_same_offer and is_paid and (was_paid or was_paused) as is_comparable
    from turns
),

legs as (
    {%- for kind, side, amount, quantity_effect, price_effect, condition in booked %}
    select
        '{{ kind }}' as kind,
        movement_date,
        {%- for member in ['account_id'] + members %}
        {{ 'coalesce(after_' ~ member ~ ', before_' ~ member ~ ')' if side == 'either'
            else side ~ '_' ~ member }} as {{ member }},
        {%- endfor %}
        {{ amount }} as amount,
        {{ quantity_effect }} as quantity_effect,
        {{ price_effect }} as price_effect
    from steps
    where {{ condition }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

balances as (
    select
        account_id,
        movement_date,
        sum(sum(amount)) over (partition by account_id order by movement_date) as mrr_at_close
    from legs
    group by account_id, movement_date
),

histories as (
    select
        *,
        coalesce(
            max(mrr_at_close) over (
                partition by account_id
                order by movement_date
                rows between unbounded preceding and 1 preceding
            ) > 0, false
        ) as had_mrr
    from balances
),

told as (
    select
        legs.*,
        histories.mrr_at_close,
        histories.had_mrr
    from legs
    inner join histories
        on
            legs.account_id = histories.account_id
            and legs.movement_date = histories.movement_date
),

-- One kind of movement for an account and day: a second contract is an expansion, another plan
-- is never churn and new.
account_days as (
    select
        account_id,
        movement_date,
        sum(amount) as sold,
        case
            when sum(amount) > 0 and any_value(mrr_at_close) = sum(amount)
                then case when any_value(had_mrr) then 'reactivated' else 'new' end
            when sum(amount) < 0 and any_value(mrr_at_close) = 0 then 'churned'
            when sum(amount) > 0 then 'expansion'
            when sum(amount) < 0 then 'contraction'
        end as movement_type
    from told
    where kind = 'sold'
    group by account_id, movement_date
),

-- What one member loses while the account grows has gone over to those that gained.
weighed as (
    select
        {%- for member in members %}
        told.{{ member }},
        {%- endfor %}
        account_days.account_id,
        account_days.movement_date,
        account_days.movement_type,
        account_days.sold,
        sum(told.amount) as amount,
        sum(told.quantity_effect) as quantity_effect,
        sum(told.price_effect) as price_effect,
        case
            when {{ sign_of('sum(told.amount)') }} = {{ sign_of('account_days.sold') }}
                then abs(sum(told.amount))
            else 0
        end as weight
    from told
    inner join account_days
        on
            told.account_id = account_days.account_id
            and told.movement_date = account_days.movement_date
    where told.kind = 'sold'
    group by
        {%- for member in members %}
        told.{{ member }},
        {%- endfor %}
        account_days.account_id,
        account_days.movement_date,
        account_days.movement_type,
        account_days.sold
),

cumulated as (
    select
        *,
        sum(weight) over (
            partition by account_id, movement_date
            order by {{ members | join(', ') }}
            rows between unbounded preceding and current row
        ) as weight_so_far,
        sum(weight) over (partition by account_id, movement_date) as total_weight
    from weighed
),

shared as (
    select
        *,
        coalesce(
            {{ money_share('sold', 'weight_so_far', 'total_weight') }}
            - {{ money_share('sold', 'weight_so_far - weight', 'total_weight') }},
            0
        ) as own_amount,
        movement_type in ('expansion', 'contraction') as has_effects
    from cumulated
),

movements as (
    select
        kind as movement_type,
        movement_date,
        {{ tuple }},
        amount,
        0 as quantity_effect,
        0 as price_effect,
        0 as mix_effect
    from told
    where kind != 'sold'
    union all
    select
        'transferred' as movement_type,
        movement_date,
        {{ tuple }},
        amount - own_amount as amount,
        0 as quantity_effect,
        0 as price_effect,
        0 as mix_effect
    from shared
    union all
    select
        movement_type,
        movement_date,
        {{ tuple }},
        own_amount as amount,
        case when has_effects then quantity_effect else 0 end as quantity_effect,
        case when has_effects then price_effect else 0 end as price_effect,
        case when has_effects then own_amount - quantity_effect - price_effect else 0 end
            as mix_effect
    from shared
    where movement_type is not null
),

summed as (
    select
        {{ tuple }},
        movement_date,
        movement_type,
        sum(amount) as mrr_change,
        sum(quantity_effect) as quantity_effect,
        sum(price_effect) as price_effect,
        sum(mix_effect) as mix_effect
    from movements
    group by all
),

final as (
    select
        account_id,
        movement_date,
        movement_type,
        {{ members | join(',\n        ') }},
        cast(mrr_change as decimal(18, 4)) as mrr_change,
        cast(quantity_effect as decimal(18, 4)) as quantity_effect,
        cast(price_effect as decimal(18, 4)) as price_effect,
        cast(mix_effect as decimal(18, 4)) as mix_effect
    from summed
    where mrr_change != 0 or quantity_effect != 0 or price_effect != 0 or mix_effect != 0
)

select * from final
