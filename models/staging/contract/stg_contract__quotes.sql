{{ accepted_rows('quotes') }}
