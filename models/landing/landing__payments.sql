{{ landing_view('payments') }}
