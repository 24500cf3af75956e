{#- A whole row of a relation of the query as a JSON text. -#}
{% macro row_as_json(relation) -%}
    {{ 'to_json(struct(' ~ relation ~ ".*), map('ignoreNullFields', 'false'))" if target.type == 'spark'
        else 'cast(to_json(' ~ relation ~ ') as string)' }}
{%- endmacro %}
