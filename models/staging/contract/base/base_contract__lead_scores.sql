{{ base_rows('lead_scores') }}
