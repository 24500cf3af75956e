{#- md5 of what defines a variant: its YAML, the code of its KPI model (kpi_definition_code, worked
    out once for all variants) and the values of the parameters it names. -#}
{% macro kpi_definition_hash(model_name, variant_name, code) %}
    {%- if not execute -%}{{ return('') }}{%- endif -%}
    {%- set node = kpi_node(model_name) -%}
    {%- if not node.raw_code -%}{{ return('') }}{%- endif -%}
    {%- set variant = node.config.meta.variants[variant_name] -%}
    {%- set parameters = [] -%}
    {%- for parameter in variant.get('parameters', []) -%}
        {%- do parameters.append(parameter ~ '=' ~ var(parameter)) -%}
    {%- endfor -%}
    {{ return(local_md5(tojson(variant, sort_keys=true) ~ code ~ parameters | join(','))) }}
{% endmacro %}

{#- The SQL of a KPI model and of the project's macros that it calls, directly or not, without
    comments and white space. What turns facts into periods (kpi_rollup), and what keeps their sums from
    build to build, is the same for every KPI and defines none: it is left out, with what only it calls. -#}
{% macro kpi_definition_code(model_name) %}
    {%- if not execute -%}{{ return('') }}{%- endif -%}
    {%- set node = kpi_node(model_name) -%}
    {%- if not node.raw_code -%}{{ return('') }}{%- endif -%}
    {%- set project_macros = context['commerce_kpis'] -%}
    {%- set engine = ['kpi_rollup', 'rows_to_sum', 'sum_what_changed'] -%}
    {%- set names = called_macros(node.depends_on.macros, engine | list) | reject('in', engine) -%}
    {%- set codes = [node.raw_code] -%}
    {%- for name in names | sort -%}
        {%- do codes.append(project_macros[name].macro.macro_sql) -%}
    {%- endfor -%}
    {{ return(modules.re.sub('--[^\n]*|\\{#.*?#\\}|\\s+', '', codes | join('\n'))) }}
{% endmacro %}

{#- Names of the project's macros among those called (as dbt lists them: macro.<package>.<name>)
    and, through them, of all others; those `known` are not looked into. -#}
{% macro called_macros(unique_ids, known) %}
    {%- for unique_id in unique_ids -%}
        {%- set _, package, name = unique_id.split('.') -%}
        {%- if package == 'commerce_kpis' and name not in known -%}
            {%- do known.append(name) -%}
            {%- do called_macros(context['commerce_kpis'][name].macro.depends_on.macros, known) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(known) }}
{% endmacro %}
