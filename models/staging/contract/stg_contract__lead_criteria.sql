{{ accepted_rows('lead_criteria') }}
