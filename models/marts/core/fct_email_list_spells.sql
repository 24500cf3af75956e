{{ config(
    materialized=table_or_increments(keeps_changes()),
    incremental_strategy='replace_differences',
    unique_key=['email_hash', 'list_name', 'spell_number'],
    meta={'keeps_changes': 'rows', 'event_time': 'active_from'},
    post_hook='{{ remember_whole_build() }}'
) }}
with events as (
    select
        email_hash,
        list_name,
        membership_number,
        event_type,
        event_at,
        event_date,
        form_name,
        account_id,
        subscriber_visitor_id,
        is_role_address,
        is_opt_in,
        is_opt_out
    from {{ ref('int_email__subscription_events') }}
    where is_opt_in or is_opt_out
),

-- A membership has one event that begins it, and at most one that ends it.
final as (
    select
        cast(email_hash as string) as email_hash,
        cast(list_name as string) as list_name,
        cast(membership_number as integer) as spell_number,
        min(event_date) filter (where is_opt_in) as active_from,
        coalesce(min(event_date) filter (where is_opt_out), date '9999-12-31') as active_to,
        max(event_type) filter (where is_opt_out) as end_reason,
        cast(max(event_type) filter (where is_opt_out) = 'unsubscribe' as boolean) as is_voluntary,
        cast(max(subscriber_visitor_id) as string) as visitor_id,
        cast(coalesce(max(account_id), '(no account)') as string) as account_id,
        cast(coalesce(max(form_name), '(unknown)') as string) as form_name,
        bool_or(is_role_address) as is_role_address
    from events
    group by email_hash, list_name, membership_number
)

select * from final
