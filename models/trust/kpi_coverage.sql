-- A member in brackets, such as (unattributed), says that the member is not known.
with
{%- for model_name in kpi_models() %}
{%- set meta = kpi_meta(model_name) %}
{{ model_name }}_sums as (
    select
        period_start,
        dimension,
        is_complete_period
        {%- for part in additive_parts(meta) %},
        {{ addable('sum(' ~ part ~ ')', 8) }} as sum_of_{{ part }},
        {{ addable("sum(case when dimension_value like '(%)' then 0 else " ~ part ~ " end)", 8) }}
            as known_of_{{ part }}
        {%- endfor %}
    from {{ ref(model_name) }}
    where period_grain = 'month' and dimension != 'total'
    group by period_start, dimension, is_complete_period
),

{% endfor -%}
shares as (
    {%- for model_name in kpi_models() %}
    {%- set meta = kpi_meta(model_name) %}
    {%- set parts = additive_parts(meta) %}
    {%- if parts %}
    select
        '{{ model_name | replace("kpi_", "", 1) }}' as kpi,
        parts.part,
        sums.dimension,
        sums.period_start,
        sums.is_complete_period,
        {{ value_by_name('parts.part', parts, 'sums.sum_of_') }} as amount,
        {{ value_by_name('parts.part', parts, 'sums.known_of_') }} as amount_known
    from {{ model_name }}_sums as sums
    cross join (values ('{{ parts | join("'), ('") }}')) as parts (part)
    where
        true
        {%- for part in parts if meta.parts[part].distinct_by %}
        and not (
            parts.part = '{{ part }}'
            and sums.dimension in ('{{ meta.parts[part].distinct_by | join("', '") }}')
        )
        {%- endfor %}
    union all
    {%- endif %}
    {%- endfor %}
    select
        cast(null as string) as kpi,
        cast(null as string) as part,
        cast(null as string) as dimension,
        cast(null as date) as period_start,
        cast(null as boolean) as is_complete_period,
        {{ addable('null', 8) }} as amount,
        {{ addable('null', 8) }} as amount_known
    where false
),

final as (
    select
        kpi,
        part,
        dimension,
        period_start,
        cast(amount as decimal(38, 8)) as amount,
        cast(amount_known as decimal(38, 8)) as amount_known,
        cast(amount - amount_known as decimal(38, 8)) as amount_unknown,
        {{ safe_ratio('amount_known', 'amount') }} as coverage,
        is_complete_period
    from shares
    where amount is not null
)

select * from final
