{{ landing_view('opportunity_stage_history') }}
