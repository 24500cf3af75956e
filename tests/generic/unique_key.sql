{#- Rows that share the values of `columns` with another row; nulls count as equal. -#}
{% test unique_key(model, columns, where=none) %}
select
    {{ columns | join(', ') }},
    count(*) as rows_with_this_key
from {{ model }}
{{ 'where ' ~ where if where }}
group by {{ columns | join(', ') }}
having count(*) > 1
{% endtest %}
