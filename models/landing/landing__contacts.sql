{{ landing_view('contacts') }}
