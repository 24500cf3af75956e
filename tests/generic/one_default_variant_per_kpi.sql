{#- KPIs with no default variant or with several. -#}
{% test one_default_variant_per_kpi(model) %}
select kpi, count(*) filter (where is_default) as defaults
from {{ model }}
group by kpi
having count(*) filter (where is_default) != 1
{% endtest %}
