{{ landing_view('product_costs') }}
