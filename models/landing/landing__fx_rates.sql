{{ landing_view('fx_rates') }}
