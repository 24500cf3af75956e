{%- set fiscal_shift = "interval " ~ (var('fiscal_year_start_month') - 1) ~ " month" %}
with days as (
    select {{ date_series('history_start_date', 'as_of_date') }} as date_day
    from {{ ref('int_build__clock') }}
),

final as (
    select
        date_day,
        cast(date_trunc('week', date_day) as date) as week_start,
        cast(date_trunc('month', date_day) as date) as month_start,
        cast(
            date_trunc('quarter', date_day - {{ fiscal_shift }}) + {{ fiscal_shift }} as date
        ) as quarter_start,
        cast(
            date_trunc('year', date_day - {{ fiscal_shift }}) + {{ fiscal_shift }} as date
        ) as year_start
    from days
)

select * from final
