"""The KPIs, one module per theme."""
