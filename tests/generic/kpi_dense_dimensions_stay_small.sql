{#- Dense dimensions with more than 200 members: each member has a row in every period, so such a
    dimension is to be declared `is_sparse`. -#}
{% test kpi_dense_dimensions_stay_small(model) %}
{%- set sparse = sparse_dimensions(kpi_meta(tested_model_name(model)).dimensions) %}
select
    dimension,
    count(distinct dimension_value) as members
from {{ model }}
where dimension not in ('{{ sparse | join("', '") }}')
group by dimension
having count(distinct dimension_value) > 200
{% endtest %}
