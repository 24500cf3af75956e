{{ landing_view('opportunity_splits') }}
