{#- Views in schema `bi` over the KPI tables that this run built: one list each, that a plain sum
    over its rows cannot get wrong. Called at the end of a run.

    bi.<kpi>                    month and total           bi.<kpi>_<grain>
    bi.<kpi>_by_<dimension>     month and that dimension  bi.<kpi>_by_<dimension>_<grain>

    Parts that do not add up over what the view lists are named distinct_<part>. -#}
{% macro create_bi_views(results) %}
    {%- set statements = [] -%}
    {%- for result in results
        if result.node.name in kpi_models() and result.node.resource_type == 'model'
        and result.node.version == result.node.latest_version
        and result.status | string == 'success' -%}
        {%- set meta = result.node.config.meta -%}
        {%- for dimension in ['total'] + (meta.dimensions | list) -%}
            {%- set columns = bi_columns(meta, dimension, adds_up_over_time=true) -%}
            {%- set columns_of_r12m = bi_columns(meta, dimension, adds_up_over_time=false) -%}
            {%- for grain in meta.grains -%}
                {%- do statements.append(bi_view(
                    result.node.name, dimension, grain,
                    columns_of_r12m if grain == 'r12m' else columns
                )) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ make_views(statements) if statements }}
{% endmacro %}

{#- One view: the cells of one grain and one dimension of a KPI table. -#}
{% macro bi_view(model_name, dimension, grain, columns) %}
    {%- set name = model_name | replace('kpi_', '', 1) -%}
    {%- set name = name if dimension == 'total' else name ~ '_by_' ~ dimension -%}
    {%- set name = name if grain == 'month' else name ~ '_' ~ grain -%}
    create or replace view bi."{{ name }}" as
    select
        {{ columns }}
    from kpi.{{ model_name }}
    where period_grain = '{{ grain }}' and dimension = '{{ dimension }}'
{% endmacro %}

{#- The columns of the views of one dimension. -#}
{% macro bi_columns(meta, dimension, adds_up_over_time) -%}
        period_start,
        period_end,
        {%- if dimension != 'total' %}
        dimension_value as "{{ dimension }}",
        {%- endif %}
        {%- for part, settings in meta.parts.items() %}
        {%- set adds_up = settings.over_time == 'additive' and adds_up_over_time
            and (dimension == 'total' or (
                settings.over_members == 'additive'
                and dimension not in settings.get('distinct_by', [])
            )) %}
        {{ part }}{{ ' as distinct_' ~ part if not adds_up }},
        {%- endfor %}
        {%- for variant in meta.variants if variant not in meta.parts %}
        {{ variant }},
        {%- endfor %}
        is_complete_period
{%- endmacro %}
