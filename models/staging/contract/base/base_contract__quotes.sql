{{ base_rows('quotes') }}
