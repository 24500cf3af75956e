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
        sum({{ part }}) as {{ part }},
        sum(case when dimension_value like '(%)' then 0 else {{ part }} end) as {{ part }}__known
        {%- endfor %}
    from {{ ref(model_name) }}
    where period_grain = 'month' and dimension != 'total'
    group by period_start, dimension, is_complete_period
),

{% endfor -%}
shares as (
    {%- for model_name in kpi_models() %}
    {%- set meta = kpi_meta(model_name) %}
    {%- for part in additive_parts(meta) %}
    select
        '{{ model_name | replace("kpi_", "", 1) }}' as kpi,
        '{{ part }}' as part,
        dimension,
        period_start,
        is_complete_period,
        {{ addable(part, 8) }} as amount,
        {{ addable(part ~ '__known', 8) }} as amount_known
    from {{ model_name }}_sums
    where
        {{ part }} is not null
        and dimension not in ('{{ (meta.parts[part].distinct_by or []) | join("', '") }}')
    union all
    {%- endfor %}
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
)

select * from final
