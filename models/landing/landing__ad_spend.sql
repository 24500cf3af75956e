{{ landing_view('ad_spend') }}
