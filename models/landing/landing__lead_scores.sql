{{ landing_view('lead_scores') }}
