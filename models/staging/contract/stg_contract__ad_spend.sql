{{ accepted_rows('ad_spend') }}
