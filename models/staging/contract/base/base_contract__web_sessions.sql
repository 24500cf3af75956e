{{ base_rows('web_sessions') }}
