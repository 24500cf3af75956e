{{ landing_view('targets') }}
