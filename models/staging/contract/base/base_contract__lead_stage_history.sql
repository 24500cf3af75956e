{{ base_rows('lead_stage_history') }}
