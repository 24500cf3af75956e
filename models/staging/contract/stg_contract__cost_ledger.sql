{{ accepted_rows('cost_ledger') }}
