{{ config(
    materialized=table_or_increments(keeps_changes()),
    incremental_strategy='replace_differences',
    unique_key=['touch_id', 'account_id'],
    meta={'keeps_changes': 'rows', 'event_time': 'touched_at'},
    post_hook='{{ remember_whole_build() }}'
) }}
with touches as (
    select
        touch_id,
        touch_type,
        touched_at,
        {{ reporting_date('touched_at') }} as touch_date,
        account_id,
        contact_id,
        visitor_id,
        marketing_channel,
        is_marketing,
        campaign,
        program,
        initiative,
        tactic
    from {{ ref('int_touches__unioned') }}
),

accounts as (
    select
        account_id,
        valid_from_date,
        valid_to_date,
        industry,
        is_internal
    from {{ ref('dim_accounts') }}
),

final as (
    select
        touches.touch_id,
        coalesce(touches.account_id, '(no account)') as account_id,
        touches.touch_type,
        touches.touched_at,
        touches.touch_date,
        -- Who was logged in is the visitor, if anybody knows them; a browser is one person.
        case
            when touches.touch_type = 'session' then touches.visitor_id
            else coalesce('contact:' || touches.contact_id, touches.visitor_id)
        end as person_id,
        touches.marketing_channel,
        touches.is_marketing,
        touches.campaign,
        touches.program,
        touches.initiative,
        touches.tactic,
        case
            when touches.account_id is null then '(no account)'
            else coalesce(accounts.industry, '(unknown)')
        end as industry,
        not coalesce(accounts.is_internal, false) as is_eligible,
        case when accounts.is_internal then 'internal_account' end as exclusion_reason
    from touches
    left join accounts
        on
            touches.account_id = accounts.account_id
            and touches.touch_date >= accounts.valid_from_date
            and touches.touch_date < accounts.valid_to_date
)

select * from final
