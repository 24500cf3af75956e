{{ base_rows('products') }}
