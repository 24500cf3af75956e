{{ base_rows('sales_reps') }}
