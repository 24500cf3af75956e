-- Control totals: the golden totals in seeds/golden are these, kept. Floats are added up as
-- decimals, so that the order of the rows does not show.
with
{%- for model_name in kpi_models() %}
{{ model_name }}_sums as (
    select
        dimension,
        count(*) as cells,
        count(distinct dimension_value) as members,
        {%- for part in kpi_meta(model_name).parts %}
        count({{ part }}) as cells_of_{{ part }},
        sum(cast({{ part }} as decimal(38, 9))) as sum_of_{{ part }},
        {%- endfor %}
        sum({{ days_between('period_start', 'period_end') }}) as days,
        count(*) filter (where not is_mature) as cells_immature
    from {{ ref(model_name) }}
    group by dimension
),

{% endfor -%}
measures as (
    select
        kpi,
        variant as measure,
        'variant' as kind,
        dimension,
        count(*) as cells,
        count(value) as cells_with_value,
        count(distinct dimension_value) as members,
        sum({{ days_between('period_start', 'period_end') }}) as days,
        cast(sum(numerator) as decimal(38, 4)) as numerators,
        cast(sum(denominator) as decimal(38, 4)) as denominators,
        round(cast(sum(cast(value as decimal(38, 9))) as double), 4) as sum_of_values,
        round(cast(sum(cast(ci_high - ci_low as decimal(38, 9))) as double), 4)
            as sum_of_intervals,
        count(*) filter (where value_status = 'ok') as cells_ok,
        count(*) filter (where not is_mature) as cells_immature
    from {{ ref('kpi_values') }}
    group by kpi, variant, dimension
    {%- for model_name in kpi_models() if kpi_meta(model_name).parts %}
    {%- set parts = kpi_meta(model_name).parts | list %}
    union all
    select
        '{{ model_name | replace("kpi_", "", 1) }}' as kpi,
        parts.part as measure,
        'part' as kind,
        sums.dimension,
        sums.cells,
        {{ value_by_name('parts.part', parts, 'sums.cells_of_') }} as cells_with_value,
        sums.members,
        sums.days,
        null as numerators,
        null as denominators,
        round(
            cast({{ value_by_name('parts.part', parts, 'sums.sum_of_') }} as double), 4
        ) as sum_of_values,
        null as sum_of_intervals,
        null as cells_ok,
        sums.cells_immature
    from {{ model_name }}_sums as sums
    cross join (values ('{{ parts | join("'), ('") }}')) as parts (part)
    {%- endfor %}
)

select * from measures
