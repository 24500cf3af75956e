{{ base_rows('subscriptions') }}
