{#- Runs at the end of a build or test: what broke which rule of which table, a line each, and below it
    the query that shows the rows. -#}
{% macro report_broken_rules(results) %}
    {%- if execute -%}
        {%- for result in results
            if result.node.test_metadata and result.status | string in ('fail', 'warn')
            and result.node.test_metadata.name in ('rules_hold', 'kpi_rules_hold', 'kpi_values_in_bounds') -%}
            {%- set table_name = graph.nodes[result.node.attached_node].name -%}
            {%- for row in run_query(result.node.compiled_code).rows -%}
                {%- do log(
                    table_name ~ ': ' ~ row[1] ~ (' rows break ' if row[1] > 1 else ' row breaks ') ~ row[0]
                    ~ (' (warning)' if result.status | string == 'warn' else '')
                    ~ '\n    ' ~ row[2],
                    info=true
                ) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
{% endmacro %}
