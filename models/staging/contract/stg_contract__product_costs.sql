{{ accepted_rows('product_costs') }}
