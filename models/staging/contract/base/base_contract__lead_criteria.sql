{{ base_rows('lead_criteria') }}
