{{ accepted_rows('lead_scores') }}
