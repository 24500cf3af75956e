{{ base_rows('contacts') }}
