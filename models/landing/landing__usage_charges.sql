{{ landing_view('usage_charges') }}
