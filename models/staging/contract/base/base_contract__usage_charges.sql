{{ base_rows('usage_charges') }}
