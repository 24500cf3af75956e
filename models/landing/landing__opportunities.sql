{{ landing_view('opportunities') }}
