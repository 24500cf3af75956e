{{ landing_view('lead_stage_history') }}
