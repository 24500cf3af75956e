{{ base_rows('annotations') }}
