{{ base_rows('surveys') }}
