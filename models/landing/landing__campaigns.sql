{{ landing_view('campaigns') }}
