{#- Seeds of raw tables keep what the file says: every column is text, and the file is read by
    DuckDB as it is, so no type is guessed on the way in. Other seeds are typed as usual. -#}
{% macro duckdb__create_csv_table(model, agate_table) %}
    {% if not model.name.startswith('raw_') %}
        {{ return(default__create_csv_table(model, agate_table)) }}
    {% endif %}
    {% set sql %}
        create table {{ this.render() }} (
            {% for column in agate_table.column_names -%}
            {{ adapter.quote(column) }} varchar{{ ',' if not loop.last }}
            {% endfor %}
        )
    {% endset %}
    {% call statement('_') %}{{ sql }}{% endcall %}
    {{ return(sql) }}
{% endmacro %}
