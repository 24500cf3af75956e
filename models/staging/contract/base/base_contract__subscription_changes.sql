{{ base_rows('subscription_changes') }}
