{{ config(
    materialized=table_or_increments(keeps_changes()),
    incremental_strategy='replace_differences',
    unique_key='subscription_event_id',
    meta={'keeps_changes': 'rows', 'event_time': 'event_date'},
    post_hook='{{ remember_whole_build() }}'
) }}
with events as (
    select *
    from {{ ref('int_email__subscription_events') }}
),

final as (
    select
        cast(subscription_event_id as string) as subscription_event_id,
        cast(source_name as string) as source_name,
        cast(email_hash as string) as email_hash,
        cast(list_name as string) as list_name,
        cast(event_type as string) as event_type,
        cast(event_at as timestamp) as event_at,
        cast(event_date as date) as event_date,
        cast(visitor_id as string) as visitor_id,
        cast(coalesce(account_id, '(no account)') as string) as account_id,
        cast(coalesce(form_name, '(unknown)') as string) as form_name,
        cast(membership_number as integer) as membership_number,
        cast(is_role_address as boolean) as is_role_address,
        cast(is_opt_in as boolean) as is_opt_in,
        cast(is_opt_in and visitor_id is null as boolean) as is_offline,
        cast(is_confirmation as boolean) as is_confirmation,
        cast(is_opt_out as boolean) as is_opt_out,
        cast(exclusion_reason is null as boolean) as is_eligible,
        cast(exclusion_reason as string) as exclusion_reason
    from events
)

select * from final
