{{ accepted_rows('web_sessions') }}
