{{ landing_view('leads') }}
