{{ landing_view('orders') }}
