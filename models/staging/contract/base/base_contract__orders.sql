{{ base_rows('orders') }}
