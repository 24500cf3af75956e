{{ accepted_rows('companies') }}
