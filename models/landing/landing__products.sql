{{ landing_view('products') }}
