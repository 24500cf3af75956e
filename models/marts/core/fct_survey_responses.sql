{{ config(
    materialized=table_or_increments(keeps_changes()),
    incremental_strategy='replace_differences',
    unique_key='response_id',
    meta={'keeps_changes': 'rows', 'event_time': 'responded_at'},
    post_hook='{{ remember_whole_build() }}'
) }}
with responses as (
    select
        response_id,
        survey_id,
        survey_type,
        contact_id,
        company_id,
        order_id,
        product_id,
        invited_at,
        responded_at,
        score,
        is_answered,
        source_name,
        exclusion_reason
    from {{ ref('int_survey_responses__checked') }}
    where reject_reason is null
),

contacts as (
    select
        contact_id,
        surviving_contact_id,
        account_id
    from {{ ref('int_identity__contacts') }}
),

companies as (
    select
        company_id,
        account_id
    from {{ ref('int_identity__companies') }}
),

orders as (
    select
        order_id,
        account_id
    from {{ ref('int_orders__resolved') }}
),

account_versions as (
    select
        account_id,
        valid_from_date,
        valid_to_date,
        segment,
        industry,
        account_size_band,
        is_internal
    from {{ ref('dim_accounts') }}
),

identified as (
    select
        responses.*,
        coalesce(contacts.surviving_contact_id, responses.contact_id) as person_id,
        coalesce(
            companies.account_id,
            responses.company_id,
            contacts.account_id,
            orders.account_id
        ) as account_id,
        {{ reporting_date('responses.invited_at') }} as invited_date,
        {{ reporting_date('responses.responded_at') }} as responded_date
    from responses
    left join contacts
        on responses.contact_id = contacts.contact_id
    left join companies
        on responses.company_id = companies.company_id
    left join orders
        on responses.order_id = orders.order_id
),

versioned as (
    select
        {{ columns_except(['exclusion_reason'], 'identified') }},
        account_versions.segment,
        account_versions.industry,
        account_versions.account_size_band,
        coalesce(
            identified.exclusion_reason,
            case when account_versions.is_internal then 'internal_account' end
        ) as exclusion_reason
    from identified
    left join account_versions
        on
            identified.account_id = account_versions.account_id
            and coalesce(identified.responded_date, identified.invited_date)
            >= account_versions.valid_from_date
            and coalesce(identified.responded_date, identified.invited_date)
            < account_versions.valid_to_date
),

-- Only answers that count are an earlier one; two of one moment are ordered by their id.
earlier_answers as (
    select
        response_id,
        lag(responded_date) over (
            partition by person_id, survey_type order by responded_at, response_id
        ) as previous_responded_date
    from versioned
    where is_answered and exclusion_reason is null and person_id is not null
),

final as (
    select
        versioned.response_id,
        versioned.source_name,
        versioned.survey_id,
        versioned.survey_type,
        versioned.person_id as contact_id,
        versioned.account_id,
        versioned.order_id,
        versioned.invited_at,
        versioned.invited_date,
        versioned.responded_at,
        versioned.responded_date,
        earlier_answers.previous_responded_date,
        versioned.is_answered,
        cast(versioned.score as integer) as score,
        {{ nps_group('versioned.score') }} as nps_group,
        coalesce(
            {{ days_between(
                'earlier_answers.previous_responded_date', 'versioned.responded_date'
            ) }}
            <= {{ var('resurvey_days') }},
            false
        ) as is_resurvey,
        versioned.person_id is null and versioned.account_id is null as is_anonymous,
        case
            when versioned.account_id is null then '(no account)'
            else coalesce(versioned.segment, '(unknown)')
        end as segment,
        case
            when versioned.account_id is null then '(no account)'
            else coalesce(versioned.industry, '(unknown)')
        end as industry,
        case
            when versioned.account_id is null then '(no account)'
            else coalesce(versioned.account_size_band, '(unknown)')
        end as account_size_band,
        coalesce(versioned.product_id, '(unknown)') as product,
        versioned.exclusion_reason is null as is_eligible,
        versioned.exclusion_reason
    from versioned
    left join earlier_answers
        on versioned.response_id = earlier_answers.response_id
)

select * from final
