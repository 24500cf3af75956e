{{ base_rows('companies') }}
