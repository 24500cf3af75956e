{{ landing_view('annotations') }}
