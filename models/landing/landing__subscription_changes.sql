{{ landing_view('subscription_changes') }}
