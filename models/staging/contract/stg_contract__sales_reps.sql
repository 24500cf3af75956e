{{ accepted_rows('sales_reps') }}
