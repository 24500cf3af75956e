{{ landing_view('refund_lines') }}
