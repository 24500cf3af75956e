{{ base_rows('survey_responses') }}
