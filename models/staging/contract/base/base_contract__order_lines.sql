{{ base_rows('order_lines') }}
