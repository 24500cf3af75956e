{{ landing_view('companies') }}
