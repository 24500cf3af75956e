{{ landing_view('web_sessions') }}
