{{ landing_view('email_subscriptions') }}
