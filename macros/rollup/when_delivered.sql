{#- The expression, or null where a raw table or column that the part needs was not delivered.
    The needs stand in the YAML of the KPI (parts and variants); none are known in unit tests. -#}
{% macro when_delivered(name, expression) -%}
    {%- if model.resource_type == 'unit_test' -%}
        {{ expression }}
    {%- elif not execute -%}
        {{ expression }} {# registers the dependency -#} {%- set _ = ref('int_landing__availability') -%}
    {%- else -%}
        {%- set meta = model.config.meta -%}
        {%- set needs = (meta.parts.get(name) or meta.variants.get(name) or {}).get('needs', []) -%}
        {%- if needs -%}
            case when {{ is_delivered(needs) }} then {{ expression }} end
        {%- else -%}
            {{ expression }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{#- True when all of `needs` were delivered. A need is a table, a `table.column`, or several of
    these joined by `|` of which one is enough.
    availability: where the rows of `landing_availability` are, if not in their model. -#}
{% macro is_delivered(needs, availability=none) -%}
    (
        {%- for need in needs %}
        exists (
            select 1
            from {{ availability or ref('int_landing__availability') }} as landed
            where
                landed.is_delivered
                and (
                    {%- for choice in need.split('|') %}
                    {%- set table_name, _, column_name = choice.strip().partition('.') %}
                    (
                        landed.table_name = '{{ table_name }}'
                        and landed.column_name {{ "= '" ~ column_name ~ "'" if column_name else 'is null' }}
                    ){{ ' or' if not loop.last }}
                    {%- endfor %}
                )
        ){{ ' and' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}
