select distinct cast(date_trunc('second', responded_at) as timestamp) as answered_second
from {{ ref('fct_survey_responses') }}
where responded_at is not null
