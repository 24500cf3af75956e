{{ base_rows('opportunity_splits') }}
