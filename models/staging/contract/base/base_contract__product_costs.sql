{{ base_rows('product_costs') }}
