{{ base_rows('touches') }}
