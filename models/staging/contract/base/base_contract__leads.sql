{{ base_rows('leads') }}
