{{ landing_view('sales_reps') }}
