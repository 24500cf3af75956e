{#- Pre-hook of kpi_variant_bridge: the cells of which a row changed. -#}
{% macro find_changed_bridges() %}
    {%- set cells -%}
    select distinct {{ unit_columns() | join(', ') }}
    from changes
    {%- endset -%}
    {{ find_units_of_changes(cells) }}
{% endmacro %}


{#- Pre-hook of kpi_drivers: the periods of KPIs in which a cell changed, and those that are compared with
    them. -#}
{% macro find_changed_comparisons() %}
    {%- set periods -%}
    select distinct {{ unit_columns() | join(', ') }}
    from changes
    {%- for compared in ['previous', 'year_ago'] %}
    union
    select distinct
        changes.kpi,
        changes.period_grain,
        later.period_start
    from changes
    inner join {{ builtins.ref('dim_periods') }} as later
        on
            changes.period_grain = later.period_grain
            and changes.period_start = later.{{ compared }}_period_start
    {%- endfor %}
    {%- endset -%}
    {{ find_units_of_changes(periods) }}
{% endmacro %}
