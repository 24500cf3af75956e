{{ landing_view('web_events') }}
