{{ accepted_rows('web_events') }}
