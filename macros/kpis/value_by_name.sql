{#- Of several columns whose names end alike, the one that a column names: a table whose columns become
    rows is read once, however many there are. names: what they end in; prefix: what they begin with. -#}
{% macro value_by_name(name_sql, names, prefix) -%}
    case {{ name_sql }}
        {%- for name in names %}
        when '{{ name }}' then {{ prefix }}{{ name }}
        {%- endfor %}
    end
{%- endmacro %}
