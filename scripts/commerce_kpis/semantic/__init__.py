"""The semantic layer: metrics for MetricFlow, made of what models and KPIs say about themselves.

models/semantic/*.yml holds semantic models: measures over core facts. A measure names the columns
of KPI tables that it equals; numerator, denominator, formula and text of a variant stand in the
YAML of its KPI. models/semantic/metrics/ follows from both and is written by scripts/generate_docs.
"""
