-- The series that are forecast; they are named here and nowhere else.
{%- set forecast = [
    {'kpi': 'mrr', 'variant': 'mrr', 'dimension': 'total'},
    {'kpi': 'mrr', 'variant': 'mrr', 'dimension': 'plan'},
    {'kpi': 'sales', 'variant': 'net_sales', 'dimension': 'total'},
    {'kpi': 'leads', 'variant': 'leads', 'dimension': 'total'},
    {'kpi': 'sales_rep', 'variant': 'won_amount', 'dimension': 'total'},
] %}

with monthly as (
    select
        kpi,
        variant,
        dimension,
        dimension_value,
        period_start,
        value,
        unit,
        currency_code
    from {{ ref('kpi_values') }}
    where
        period_grain = 'month'
        and is_complete_period
        and value is not null
        and (
            {%- for series in forecast %}
            (
                kpi = '{{ series.kpi }}'
                and variant = '{{ series.variant }}'
                and dimension = '{{ series.dimension }}'
            )
            {{ 'or' if not loop.last }}
            {%- endfor %}
        )
),

months as (
    select
        kpi,
        variant,
        period_start
    from monthly
    where dimension = 'total'
),

-- Months before the first amount are those of other sources, not zeros of this series.
members as (
    select
        kpi,
        variant,
        dimension,
        dimension_value,
        unit,
        currency_code,
        min(period_start) as first_month
    from monthly
    where value != 0
    group by kpi, variant, dimension, dimension_value, unit, currency_code
),

-- The first whole month at or after the day of the break.
breaks as (
    select
        dimension,
        dimension_value,
        case
            when cast(date_trunc('month', started_on) as date) = started_on then started_on
            else cast({{ dbt.dateadd('month', 1, "date_trunc('month', started_on)") }} as date)
        end as break_month
    from {{ ref('fct_annotations') }}
    where annotation_type = 'break' and is_eligible
),

begun as (
    select
        members.kpi,
        members.variant,
        members.dimension,
        members.dimension_value,
        members.unit,
        members.currency_code,
        members.first_month,
        max(breaks.break_month) as break_month
    from members
    left join breaks
        on
            breaks.dimension = 'total'
            or (breaks.dimension = 'kpi' and breaks.dimension_value in (members.kpi, 'all'))
            or (
                members.dimension = breaks.dimension
                and breaks.dimension_value in (members.dimension_value, 'all')
            )
    group by all
),

-- A month without a row is 0: kpi_values leaves out members whose parts are all 0.
filled as (
    select
        begun.kpi,
        begun.variant,
        begun.dimension,
        begun.dimension_value,
        begun.unit,
        begun.currency_code,
        months.period_start,
        coalesce(monthly.value, 0) as value,
        coalesce(months.period_start >= begun.break_month, true) as is_after_break
    from begun
    inner join months
        on
            begun.kpi = months.kpi
            and begun.variant = months.variant
            and begun.first_month <= months.period_start
    left join monthly
        on
            begun.kpi = monthly.kpi
            and begun.variant = monthly.variant
            and begun.dimension = monthly.dimension
            and begun.dimension_value = monthly.dimension_value
            and months.period_start = monthly.period_start
),

final as (
    select
        kpi,
        variant,
        dimension,
        dimension_value,
        period_start,
        cast(value as double) as value,
        cast(
            case
                when is_after_break
                    then row_number() over (
                        partition by kpi, variant, dimension, dimension_value, is_after_break
                        order by period_start
                    )
            end as integer
        ) as point,
        unit,
        currency_code
    from filled
)

select * from final
