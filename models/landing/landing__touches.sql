{{ landing_view('touches') }}
