{{ accepted_rows('opportunity_stage_history') }}
