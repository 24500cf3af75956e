{{ landing_view('order_lines') }}
