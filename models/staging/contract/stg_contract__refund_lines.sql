{{ accepted_rows('refund_lines') }}
