{{ landing_view('refunds') }}
