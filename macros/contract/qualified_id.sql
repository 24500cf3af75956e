{#- An id together with its source: `<source>:<id>`, or the bare id for the source `default`.
    Two sources can never meet in one id: a source name holds no colon, and an id of the default
    source that holds one is written with its source too. Null stays null. -#}
{% macro qualified_id(id_sql) -%}
    case
        when source_name = 'default' and not contains({{ id_sql }}, ':') then {{ id_sql }}
        else source_name || ':' || {{ id_sql }}
    end
{%- endmacro %}
