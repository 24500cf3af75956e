{{ landing_view('quotes') }}
