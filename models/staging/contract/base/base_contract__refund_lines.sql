{{ base_rows('refund_lines') }}
