{{ landing_view('lead_criteria') }}
