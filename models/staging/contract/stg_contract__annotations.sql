{{ accepted_rows('annotations') }}
