{#- Cells of a KPI table that stand there twice. -#}
{% test kpi_grain_is_unique(model) %}
select
    period_grain,
    period_start,
    dimension,
    dimension_value,
    count(*) as cells
from {{ model }}
group by period_grain, period_start, dimension, dimension_value
having count(*) > 1 or bool_or(dimension_value is null or period_start is null)
{% endtest %}
