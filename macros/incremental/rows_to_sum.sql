{#- The rows of a fact that a KPI sums: all; or, to find what changed, those of changed units, as they are or
    as they were when they were last summed. -#}
{% macro rows_to_sum(relation) -%}
    {%- set rows = model.get('rows_summed') -%}
    {%- if rows not in ('before', 'after') -%}
    {{ relation }}
    {%- else -%}
    {%- set fact = relation.identifier -%}
    (
        select held.*
        from {{ relation }} as held
        where {{ is_of_changed_unit(fact) | indent(8) }}
        {%- if rows == 'before' and fact in model.changed_facts %}
        except all
        select {{ columns_except(['was_before']) }}
        from {{ changes_table(fact) }}
        where not was_before
        union all
        select {{ columns_except(['was_before']) }}
        from {{ changes_table(fact) }}
        where was_before
        {%- endif %}
    )
    {%- endif -%}
{%- endmacro %}


{#- Whether a row of a fact belongs to a unit of the KPI that changed. -#}
{% macro is_of_changed_unit(fact) -%}
    {%- for name, unit in model.config.meta.units[fact].items() %}
    {{ unit }} in (select unit from {{ changed_units_table() }} where unit_name = '{{ name }}')
    {{ 'or' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}


{#- The SQL of the KPI up to its sums: a query. `rows`: `all`, `before` or `after`. -#}
{% macro sums_query(rows) %}
    {%- do model.update({'rows_summed': rows}) -%}
    {%- set code = render(model.raw_code) -%}
    {%- do model.update({'rows_summed': none}) -%}
    {{ return(code.split('/* end of sums */')[0] ~ ')\n\nselect * from rollup') }}
{% endmacro %}


{#- Whether the running model keeps its sums. A unit test, which has no tables, does not. -#}
{% macro keeps_sums() %}
    {{ return(execute and model.resource_type == 'model' and model.config.meta.units and keeps_changes()) }}
{% endmacro %}


{#- Whether the SQL of the KPI is being read for its sums, and not for its table. -#}
{% macro makes_sums() %}
    {{ return(model.get('rows_summed') is not none) }}
{% endmacro %}
