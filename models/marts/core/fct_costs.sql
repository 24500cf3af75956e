with costs as (
    select
        cost_source,
        cost_id,
        cost_date,
        cost_scope,
        amount,
        marketing_channel,
        campaign,
        program,
        initiative,
        tactic,
        segment,
        is_paid_media,
        exclusion_reason
    from {{ ref('int_costs__spread') }}
),

rules as (
    select
        cost_scope,
        from_channel,
        to_channel,
        share
    from {{ ref('cost_allocation_rules') }}
),

-- What the rules of a channel leave over stays where it was.
shares as (
    select
        cost_scope,
        from_channel,
        to_channel,
        share
    from rules
    union all
    select
        cost_scope,
        from_channel,
        from_channel as to_channel,
        1 - sum(share) as share
    from rules
    group by cost_scope, from_channel
),

channel_shares as (
    select
        cost_scope,
        from_channel,
        to_channel,
        sum(share) as share
    from shares
    group by cost_scope, from_channel, to_channel
    having sum(share) != 0
),

-- Exact in the smallest unit that is stored: each channel takes the whole units of its share, the
-- largest remainders take the units left over, ties go by the name of the channel.
allocated as (
    select
        costs.*,
        coalesce(channel_shares.to_channel, costs.marketing_channel) as to_channel,
        cast(abs(cast(costs.amount as decimal(28, 4))) * 10000 as decimal(38, 0)) as units,
        cast(abs(cast(costs.amount as decimal(28, 4))) * 10000 as decimal(38, 0))
        * cast(coalesce(channel_shares.share, 1) as decimal(18, 8)) as exact_units
    from costs
    left join channel_shares
        on
            costs.cost_scope = channel_shares.cost_scope
            and costs.marketing_channel = channel_shares.from_channel
),

ranked as (
    select
        *,
        floor(exact_units) as whole_units,
        units - sum(floor(exact_units)) over (partition by cost_source, cost_id, cost_date)
            as units_left,
        row_number() over (
            partition by cost_source, cost_id, cost_date
            order by exact_units - floor(exact_units) desc, to_channel
        ) as remainder_rank
    from allocated
),

final as (
    select
        cost_id,
        cost_source,
        cost_date,
        cost_scope,
        cast(
            {{ sign_of('amount') }}
            * cast(
                whole_units + case when remainder_rank <= units_left then 1 else 0 end
                as decimal(18, 0)
            )
            * 0.0001
            as decimal(18, 4)
        ) as amount,
        to_channel as marketing_channel,
        campaign,
        program,
        initiative,
        tactic,
        segment,
        is_paid_media,
        exclusion_reason is null as is_eligible,
        exclusion_reason
    from ranked
)

select * from final
