{{ base_rows('refunds') }}
