{#- All columns but some, of one relation of the query or of all it reads. -#}
{% macro columns_except(names, relation=none) -%}
    {%- set star = relation ~ '.*' if relation else '*' -%}
    {{ star }} {{ 'except' if target.type == 'spark' else 'exclude' }} ({{ names | join(', ') }})
{%- endmacro %}
