-- Months of kpi_nps, added up, against the answers and invitations they are made of.
with months as (
    select
        sum(responses_all) as responses_all,
        sum(promoters_all) as promoters_all,
        sum(invited) as invited
    from {{ ref('kpi_nps') }}
    where period_grain = 'month' and dimension = 'total'
),

answers as (
    select
        count(*) filter (where is_answered) as responses_all,
        count(*) filter (where nps_group = 'promoter') as promoters_all,
        count(invited_date) as invited
    from {{ ref('fct_survey_responses') }}
    where is_eligible and survey_type = 'relationship'
)

select
    months.responses_all,
    months.promoters_all,
    months.invited,
    answers.responses_all as answers_of_the_facts,
    answers.promoters_all as promoters_of_the_facts,
    answers.invited as invitations_of_the_facts
from months
cross join answers
where
    months.responses_all != answers.responses_all
    or months.promoters_all != answers.promoters_all
    or months.invited != answers.invited
