{{ landing_view('surveys') }}
