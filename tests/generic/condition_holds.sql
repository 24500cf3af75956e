{#- Rows for which the condition is false or null. -#}
{% test condition_holds(model, condition) %}
select *
from {{ model }}
where not coalesce({{ condition }}, false)
{% endtest %}
