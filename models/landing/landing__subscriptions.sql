{{ landing_view('subscriptions') }}
