{{ accepted_rows('usage_charges') }}
