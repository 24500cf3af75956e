with clock as (
    select as_of_date
    from {{ ref('int_build__clock') }}
),

answers as (
    select
        response_id,
        contact_id,
        account_id,
        responded_at,
        responded_date,
        responded_date + {{ var('nps_outcome_days') }} as outcome_date,
        score,
        nps_group
    from {{ ref('fct_survey_responses') }}
    where
        is_eligible
        and is_answered
        and survey_type = 'relationship'
        and account_id is not null
),

spells as (
    select
        account_id,
        active_from,
        active_to
    from {{ ref('fct_account_spells') }}
),

sales_days as (
    select
        account_id,
        entry_date,
        sum(gross_sales - discounts - returns - cancellations) as net_sales
    from {{ ref('fct_sales_entries') }}
    where is_eligible
    group by account_id, entry_date
),

-- Both windows have the same number of days; the day of the answer is the first one after it.
sales as (
    select
        answers.response_id,
        sum(sales_days.net_sales) filter (
            where sales_days.entry_date < answers.responded_date
        ) as net_sales_before,
        sum(sales_days.net_sales) filter (
            where sales_days.entry_date >= answers.responded_date
        ) as net_sales_after
    from answers
    inner join sales_days
        on
            answers.account_id = sales_days.account_id
            and answers.responded_date - {{ var('nps_outcome_days') }} <= sales_days.entry_date
            and answers.outcome_date > sales_days.entry_date
    group by answers.response_id
),

known as (
    select
        answers.*,
        -- The last day that decides has passed.
        answers.outcome_date < clock.as_of_date as is_outcome_known,
        spells_at_answer.account_id is not null as is_customer,
        spells_at_answer.account_id is not null and later_spells.account_id is not null
            as is_retained
    from answers
    cross join clock
    left join spells as spells_at_answer
        on
            answers.account_id = spells_at_answer.account_id
            and answers.responded_date >= spells_at_answer.active_from
            and answers.responded_date < spells_at_answer.active_to
    left join spells as later_spells
        on
            answers.account_id = later_spells.account_id
            and answers.outcome_date >= later_spells.active_from
            and answers.outcome_date < later_spells.active_to
),

final as (
    select
        known.response_id,
        known.contact_id,
        known.account_id,
        known.responded_at,
        known.responded_date,
        cast(known.outcome_date as date) as outcome_date,
        known.score,
        known.nps_group,
        known.is_outcome_known,
        known.is_customer,
        case when known.is_outcome_known then known.is_retained end as is_retained,
        cast(coalesce(sales.net_sales_before, 0) as decimal(18, 4)) as net_sales_before,
        cast(
            case when known.is_outcome_known then coalesce(sales.net_sales_after, 0) end
            as decimal(18, 4)
        ) as net_sales_after
    from known
    left join sales
        on known.response_id = sales.response_id
)

select * from final
