{#- md5 of what defines a variant: its YAML, the SQL of its KPI model without comments and white
    space, and the values of the parameters it names. -#}
{% macro kpi_definition_hash(model_name, variant_name) %}
    {%- if not execute -%}{{ return('') }}{%- endif -%}
    {%- set node = graph.nodes.get('model.commerce_kpis.' ~ model_name) if graph.nodes else none -%}
    {%- if not node -%}{{ return('') }}{%- endif -%}
    {%- set re = modules.re -%}
    {%- set code = re.sub('--[^\n]*|\\{#.*?#\\}|\\s+', '', node.raw_code) -%}
    {%- set variant = node.config.meta.variants[variant_name] -%}
    {%- set parameters = [] -%}
    {%- for parameter in variant.get('parameters', []) -%}
        {%- do parameters.append(parameter ~ '=' ~ var(parameter)) -%}
    {%- endfor -%}
    {{ return(local_md5(tojson(variant, sort_keys=true) ~ code ~ parameters | join(','))) }}
{% endmacro %}
