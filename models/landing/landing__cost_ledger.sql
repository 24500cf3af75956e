{{ landing_view('cost_ledger') }}
