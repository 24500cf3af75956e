"""One module per theme; each KPI is a function from facts to cells."""
