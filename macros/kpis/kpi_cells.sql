{#- The cells of one wide KPI table, each with all that is the same for every cell of its period: common
    table expressions, of which the last is `cells`. Arguments as of kpi_value_rows, whose rows follow
    from these cells, and from those a period and a year earlier. -#}
{% macro kpi_cells(relation, kpi_name, meta) %}
{#- Named here, since needs are only known when dbt no longer collects what is read. -#}
{%- set _ = ref('int_landing__availability') %}
{%- if not execute %}
    {%- set _ = ref('int_fx__gaps') %}
{%- endif %}
{%- set converted = kpi_converted_tables(meta) %}
{%- set needed = kpi_needs(meta) -%}
clock as (
    select as_of_date, first_order_date, first_visit_date
    from {{ ref('int_build__clock') }}
),

spine as (
    select
        period_grain,
        period_start,
        period_end,
        period_index,
        previous_period_start,
        year_ago_period_start,
        trailing_year_start
    from {{ ref('dim_periods') }}
),

{% if needed -%}
sources as (
    select
        {%- for needs in needed %}
        {{ is_delivered(needs) | indent(8) }} as is_delivered_{{ loop.index }}{{ ',' if not loop.last }}
        {%- endfor %}
),

{% endif -%}
{% if converted -%}
-- Periods in which money lacks an exchange rate; twelve months and all time that end with them.
rate_gaps as (
    select
        spine.period_grain,
        spine.period_start,
        {%- for table in converted %}
        bool_or(
            gaps.table_name = '{{ table }}' and gaps.gap_to > spine.period_start
        ) as {{ table }}_gap,
        bool_or(
            gaps.table_name = '{{ table }}'
            and gaps.gap_to > least(spine.period_start, spine.trailing_year_start)
        ) as {{ table }}_gap_over_year,
        bool_or(gaps.table_name = '{{ table }}') as {{ table }}_gap_over_history
        {{- ',' if not loop.last }}
        {%- endfor %}
    from spine
    inner join {{ ref('int_fx__gaps') }} as gaps
        on spine.period_end > gaps.gap_from
    group by spine.period_grain, spine.period_start
),

{% endif -%}
-- All that is the same for every cell of a period.
periods as (
    select
        {{ columns_except(['period_end'], 'spine') }},
        clock.as_of_date,
        clock.first_order_date,
        clock.first_visit_date,
        previous_spine.period_start is not null as has_previous,
        year_ago_spine.period_start is not null as has_year_ago
        {%- for _ in needed %},
        sources.is_delivered_{{ loop.index }}
        {%- endfor %}
        {%- for table in converted %},
        rate_gaps.{{ table }}_gap,
        rate_gaps.{{ table }}_gap_over_year,
        rate_gaps.{{ table }}_gap_over_history
        {%- endfor %}
    from spine
    cross join clock
    {%- if needed %}
    cross join sources
    {%- endif %}
    {%- for prefix in ['previous', 'year_ago'] %}
    left join spine as {{ prefix }}_spine
        on
            spine.period_grain = {{ prefix }}_spine.period_grain
            and spine.{{ prefix }}_period_start = {{ prefix }}_spine.period_start
    {%- endfor %}
    {%- if converted %}
    left join rate_gaps
        on
            spine.period_grain = rate_gaps.period_grain
            and spine.period_start = rate_gaps.period_start
    {%- endif %}
),

cells as (
    select
        '{{ kpi_name | replace("kpi_", "", 1) }}' as kpi,
        cells.*,
        {{ columns_except(['period_grain', 'period_start'], 'periods') }}
    from {{ relation }} as cells
    inner join periods
        on
            cells.period_grain = periods.period_grain
            and cells.period_start = periods.period_start
)
{%- endmacro %}

{#- What must have been delivered for the variants of a KPI, each list once. -#}
{% macro kpi_needs(meta) %}
    {%- set needed = [] -%}
    {%- for variant in meta.variants.values() if variant.needs and variant.needs not in needed -%}
        {%- do needed.append(variant.needs) -%}
    {%- endfor -%}
    {{ return(needed) }}
{% endmacro %}

{#- Raw tables whose rows need an exchange rate to take part in a variant (`converted`). -#}
{% macro kpi_converted_tables(meta) %}
    {%- set tables = (meta.converted or []) | list -%}
    {%- for variant in meta.variants.values() -%}
        {%- do tables.extend(variant.get('converted', [])) -%}
    {%- endfor -%}
    {{ return(tables | unique | list) }}
{% endmacro %}
