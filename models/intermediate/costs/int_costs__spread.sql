with bookings as (
    select
        cost_source,
        cost_id,
        cost_from_date,
        cost_to_date,
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
    from {{ ref('int_costs__booked') }}
),

clock as (
    select as_of_date
    from {{ ref('int_build__clock') }}
),

days as (
    select
        *,
        {{ date_series('cost_from_date', 'cost_to_date - interval 1 day') }} as cost_date
    from bookings
),

numbered as (
    select
        *,
        {{ days_between('cost_from_date', 'cost_date') }} + 1 as day_number,
        {{ days_between('cost_from_date', 'cost_to_date') }} as service_days
    from days
),

final as (
    select
        numbered.cost_source,
        numbered.cost_id,
        numbered.cost_date,
        numbered.cost_scope,
        {{ even_share('numbered.amount', 'numbered.day_number', 'numbered.service_days') }}
            as amount,
        numbered.marketing_channel,
        numbered.campaign,
        numbered.program,
        numbered.initiative,
        numbered.tactic,
        numbered.segment,
        numbered.is_paid_media,
        coalesce(
            numbered.exclusion_reason,
            case when numbered.cost_date > clock.as_of_date then 'after_as_of' end
        ) as exclusion_reason
    from numbered
    cross join clock
)

select * from final
