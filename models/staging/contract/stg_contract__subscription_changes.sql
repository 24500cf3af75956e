{{ accepted_rows('subscription_changes') }}
