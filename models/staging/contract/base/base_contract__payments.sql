{{ base_rows('payments') }}
