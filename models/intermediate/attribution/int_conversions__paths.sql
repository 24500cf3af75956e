{{ config(
    materialized=table_or_increments(),
    incremental_strategy='replace_units',
    unique_key='account_id',
    meta={'changes_of': 'conversion_id', 'keeps_changes': 'rows', 'event_time': 'converted_date'},
    pre_hook='{{ find_changed_units() }}',
    post_hook='{{ remember_whole_build() }}'
) }}
with orders as (
    select
        order_id,
        account_id,
        placed_at,
        order_date,
        is_valid_order
    from {{ rows_of_changed_units(ref('int_orders__resolved')) }}
    -- Cancelled ones too, or their sale would leave its channel when they are cancelled.
    where is_eligible
),

leads as (
    select
        lead_id,
        account_id,
        lead_created_at,
        lead_created_date
    from {{ rows_of_changed_units(ref('int_leads__resolved')) }}
    where is_strict and is_eligible
),

opportunities as (
    select
        account_id,
        opportunity_created_at
    from {{ rows_of_changed_units(ref('int_opportunities__resolved')) }}
    where is_eligible
),

touches as (
    select
        touch_id,
        account_id,
        touched_at,
        marketing_channel,
        is_marketing,
        is_paid,
        campaign,
        program,
        initiative,
        tactic
    from {{ rows_of_changed_units(ref('int_touches__unioned')) }}
    where account_id is not null
),

conversions as (
    select
        'order' as conversion_type,
        order_id as conversion_id,
        account_id,
        placed_at as converted_at,
        order_date as converted_date,
        is_valid_order as is_valid_conversion
    from orders
    union all
    select
        'lead' as conversion_type,
        lead_id as conversion_id,
        account_id,
        lead_created_at as converted_at,
        lead_created_date as converted_date,
        true as is_valid_conversion
    from leads
),

-- The latest lead and opportunity that the conversion can have come from.
lead_moments as (
    select
        conversions.conversion_type,
        conversions.conversion_id,
        max(leads.lead_created_at) as lead_at
    from conversions
    inner join leads
        on
            conversions.account_id = leads.account_id
            and conversions.converted_at >= leads.lead_created_at
    group by conversions.conversion_type, conversions.conversion_id
),

opportunity_moments as (
    select
        conversions.conversion_type,
        conversions.conversion_id,
        max(opportunities.opportunity_created_at) as opportunity_at
    from conversions
    inner join opportunities
        on
            conversions.account_id = opportunities.account_id
            and conversions.converted_at >= opportunities.opportunity_created_at
    where conversions.conversion_type = 'order'
    group by conversions.conversion_type, conversions.conversion_id
),

paths as (
    select
        conversions.conversion_type,
        conversions.conversion_id,
        conversions.account_id,
        conversions.converted_at,
        conversions.converted_date,
        conversions.is_valid_conversion,
        touches.touch_id,
        touches.touched_at,
        touches.marketing_channel,
        touches.is_marketing,
        touches.is_paid,
        touches.campaign,
        touches.program,
        touches.initiative,
        touches.tactic,
        lead_moments.lead_at,
        opportunity_moments.opportunity_at
    from conversions
    left join touches
        on
            conversions.account_id = touches.account_id
            and conversions.converted_at >= touches.touched_at
            and touches.touched_at
            >= conversions.converted_at - interval {{ var('attribution_lookback_days') }} day
    left join lead_moments
        on
            conversions.conversion_type = lead_moments.conversion_type
            and conversions.conversion_id = lead_moments.conversion_id
    left join opportunity_moments
        on
            conversions.conversion_type = opportunity_moments.conversion_type
            and conversions.conversion_id = opportunity_moments.conversion_id
),

numbered as (
    select
        *,
        row_number() over (
            partition by conversion_type, conversion_id order by touched_at, touch_id
        ) as touch_number
    from paths
),

-- The number of the touch in each role. Without one that is not direct it is the last of all.
roles as (
    select
        conversion_type,
        conversion_id,
        max(touch_number) as path_touches,
        coalesce(
            max(touch_number) filter (where marketing_channel != 'Direct'), max(touch_number)
        ) as last_non_direct_number,
        max(touch_number) filter (where touched_at <= lead_at) as lead_number,
        max(touch_number) filter (where touched_at <= opportunity_at) as opportunity_number
    from numbered
    group by conversion_type, conversion_id
),

final as (
    select
        numbered.conversion_type,
        numbered.conversion_id,
        numbered.account_id,
        numbered.converted_at,
        numbered.converted_date,
        numbered.is_valid_conversion,
        numbered.touch_id,
        numbered.touched_at,
        numbered.marketing_channel,
        numbered.is_marketing,
        numbered.is_paid,
        numbered.campaign,
        numbered.program,
        numbered.initiative,
        numbered.tactic,
        numbered.touch_number,
        roles.path_touches,
        numbered.touch_number = roles.last_non_direct_number as is_last_non_direct,
        coalesce(numbered.touch_number = roles.lead_number, false) as is_at_lead,
        coalesce(numbered.touch_number = roles.opportunity_number, false) as is_at_opportunity
    from numbered
    inner join roles
        on
            numbered.conversion_type = roles.conversion_type
            and numbered.conversion_id = roles.conversion_id
)

select * from final
