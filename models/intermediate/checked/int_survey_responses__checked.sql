with responses as (
    select
        response_id,
        survey_id,
        contact_id,
        company_id,
        order_id,
        product_id,
        invited_at,
        responded_at,
        score,
        source_name,
        source_updated_at,
        loaded_at,
        is_deleted,
        row_hash
    from {{ ref('stg_contract__survey_responses') }}
),

clock as (
    select as_of
    from {{ ref('int_build__clock') }}
),

-- One deleted since still says what was asked; one loaded after the clock says nothing yet.
surveys as (
    select
        surveys.survey_id,
        surveys.survey_type,
        surveys.scale_min,
        surveys.scale_max
    from {{ ref('stg_contract__surveys') }} as surveys
    cross join clock
    where coalesce(surveys.loaded_at <= clock.as_of, true)
),

answered as (
    select
        responses.*,
        coalesce(surveys.survey_type, '(unknown)') as survey_type,
        coalesce(surveys.scale_min = 0 and surveys.scale_max = 10, false) as is_on_scale,
        {{ row_exclusion('coalesce(responses.invited_at, responses.responded_at)', 'responses') }}
            as row_exclusion,
        -- An answer given after the clock is not known yet.
        coalesce(responses.responded_at <= clock.as_of, false) as is_answered
    from responses
    cross join clock
    left join surveys
        on responses.survey_id = surveys.survey_id
),

final as (
    select
        response_id,
        survey_id,
        survey_type,
        contact_id,
        company_id,
        order_id,
        product_id,
        invited_at,
        case when is_answered then responded_at end as responded_at,
        case when is_answered then score end as score,
        is_answered,
        source_name,
        source_updated_at,
        loaded_at,
        is_deleted,
        coalesce(
            row_exclusion,
            case when invited_at is null and responded_at is null then 'undated' end
        ) as exclusion_reason,
        'survey_responses' as table_name,
        row_hash,
        case
            when row_exclusion is not null then null
            when is_answered and (score is null or score not between 0 and 10)
                then 'invalid_score'
            -- 8 of 10 says something else than 8 on another scale, or on one nobody knows.
            when is_answered and not is_on_scale then 'invalid_score'
            when not is_on_scale then 'invalid_scale'
        end as reject_reason,
        response_id as row_key,
        cast(null as decimal(18, 4)) as amount
    from answered
)

select * from final
