{#- Pre-hook of kpi_values: the cells whose long rows a build makes anew, all variants of a cell at once.

    A hash of each cell, with all that its long rows depend on beside it, is kept from build to build. Of a
    cell that differs, the cells that are compared with it change too. Those of running periods are made
    anew each time: they are compared with days. All others take the clock of their table, and nothing
    else. -#}
{% macro find_changed_cells() %}
    {%- if keeps_changes() %}
    {{ keep_for_this_build('cells_now', hashed_cells()) }};
    {%- if replaces_units() %}
    {{ keep_changed_units(changed_cells()) }};

    update {{ this }} as held
    set as_of = tables.as_of
    from ({{ clocks_of_tables() }}) as tables
    where held.kpi = tables.kpi;
    {%- else %}

    create or replace table {{ changes_table(model.name) }} as
    select {{ unit_columns() | join(', ') }}
    from cells_now
    where false;
    {%- endif %}

    create or replace table state.cells_of__{{ model.name }} as
    select *
    from cells_now;

    drop table cells_now
    {%- endif -%}
{% endmacro %}


{#- The key of each cell of all KPI tables, and a hash of all that its long rows depend on, but for the
    moment of the clock; in a running period no two builds have the same: a query. -#}
{% macro hashed_cells() -%}
    {%- for model_name in kpi_models() %}
    {%- set meta = kpi_meta(model_name) %}
    {%- set windows = [] %}
    {%- for variant in meta.variants.values() %}
        {%- do windows.append(kpi_window_days(variant)) %}
    {%- endfor %}
    select
        kpi,
        period_grain,
        period_start,
        dimension,
        dimension_value,
        {{ key_hash(['content']) }} as content_hash
    from (
        with {{ kpi_cells(builtins.ref(model_name), model_name, meta) }}

        select
            case when not is_complete_period then ({{ this_build() }}) end as running_in_build,
            {%- for days in windows | unique %}
            period_end + {{ days }} <= as_of_date as is_mature_{{ loop.index }},
            {%- endfor %}
            {{ columns_except(['as_of', 'as_of_date']) }}
        from cells
    ) as content
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}


{#- The moment of the clock that each KPI table was made with: a query. -#}
{% macro clocks_of_tables() -%}
    {%- for model_name in kpi_models() %}
    select '{{ model_name | replace("kpi_", "", 1) }}' as kpi, max(as_of) as as_of
    from {{ builtins.ref(model_name) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}


{#- The keys of the cells that differ, and of those that are compared with them: a query. -#}
{% macro changed_cells() -%}
    with differing as (
        {{ units_that_differ('state.cells_of__' ~ model.name, 'cells_now', ['content_hash']) | indent(8) }}
    )

    select {{ unit_columns() | join(', ') }}
    from differing
    {%- for compared in ['previous', 'year_ago'] %}
    union
    select
        {%- for column in unit_columns() %}
        {{ 'later' if column == 'period_start' else 'differing' }}.{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from differing
    inner join {{ builtins.ref('dim_periods') }} as later
        on
            differing.period_grain = later.period_grain
            and differing.period_start = later.{{ compared }}_period_start
    {%- endfor %}
{%- endmacro %}
