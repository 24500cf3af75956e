{{ base_rows('opportunities') }}
