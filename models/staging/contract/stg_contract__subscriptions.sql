{{ accepted_rows('subscriptions') }}
