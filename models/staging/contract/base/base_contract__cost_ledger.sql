{{ base_rows('cost_ledger') }}
