{{ base_rows('ad_spend') }}
