{#- The tables and views of a schema, asked for by name: dbt-spark would have Spark describe each, which
    takes a minute for some hundreds. Documentation needs what it describes. -#}
{% macro spark__list_relations_without_caching(relation) %}
    {%- if flags.WHICH == 'generate' -%}
        {{ return(run_query('show table extended in ' ~ relation.schema ~ " like '*'")) }}
    {%- endif -%}
    {%- set views = run_query('show views in ' ~ relation.schema).columns[1].values() | list -%}
    {%- set rows = [] -%}
    {%- for row in run_query('show tables in ' ~ relation.schema).rows if not row[2] -%}
        {%- do rows.append(
            "('" ~ row[0] ~ "', '" ~ row[1] ~ "', false, 'Type: "
            ~ ('VIEW' if row[1] in views else 'MANAGED') ~ "')"
        ) -%}
    {%- endfor -%}
    {{ return(run_query(
        'select * from values ' ~ (rows | join(', ') or "('', '', false, '')")
        ~ ' as relations (namespace, name, is_temporary, information)'
        ~ (' where false' if not rows)
    )) }}
{% endmacro %}
