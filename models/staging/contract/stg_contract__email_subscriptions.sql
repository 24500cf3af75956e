{{ accepted_rows('email_subscriptions') }}
