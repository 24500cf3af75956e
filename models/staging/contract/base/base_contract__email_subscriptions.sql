{{ base_rows('email_subscriptions') }}
