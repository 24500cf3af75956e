{{ accepted_rows('touches') }}
