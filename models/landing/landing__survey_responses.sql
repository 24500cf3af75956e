{{ landing_view('survey_responses') }}
