{{ base_rows('web_events') }}
