{{ accepted_rows('order_lines') }}
