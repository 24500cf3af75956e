{{ accepted_rows('targets') }}
