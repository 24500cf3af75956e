{#- Runs before any model: stops if a KPI model stands in its folder but not in the generated list,
    because the tables that treat all KPIs alike would leave it out without a word. -#}
{% macro check_kpi_models() %}
    {%- if execute -%}
        {%- set missing = [] -%}
        {%- for node in graph.nodes.values() | selectattr('resource_type', 'equalto', 'model') -%}
            {#- project, marts, kpis, theme, name: the long tables stand above the themes, and plans
                read them. -#}
            {%- if node.name.startswith('kpi_') and node.fqn[1:3] == ['marts', 'kpis']
                and node.fqn | length == 5 and node.fqn[3] != 'plans'
                and node.name not in kpi_models() -%}
                {%- do missing.append(node.name) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- if missing -%}
            {{ exceptions.raise_compiler_error(
                "KPI models that the generated list does not know: " ~ missing | sort | join(', ')
                ~ ". Run scripts/generate_macros (scripts/build does) and build again."
            ) }}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}
