{{ accepted_rows('lead_stage_history') }}
