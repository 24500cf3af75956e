{{ accepted_rows('opportunity_splits') }}
