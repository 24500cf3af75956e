{{ base_rows('targets') }}
