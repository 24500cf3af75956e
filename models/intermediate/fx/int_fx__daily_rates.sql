with rates as (
    select
        rates.rate_date,
        upper(rates.from_currency) as from_currency,
        upper(rates.to_currency) as to_currency,
        rates.rate,
        rates.source_name
    from {{ ref('stg_contract__fx_rates') }} as rates
    cross join {{ ref('int_build__clock') }} as clock
    where
        {{ row_exclusion('cast(rates.rate_date as timestamp)', 'rates') }} is null
        and rates.rate > 0
),

to_reporting_currency as (
    select
        from_currency as currency_code,
        rate_date,
        rate,
        1 as preference,
        source_name
    from rates
    where to_currency = '{{ var("reporting_currency") }}'
    union all
    -- Central banks quote one unit of the home currency in foreign money.
    select
        to_currency as currency_code,
        rate_date,
        {{ money_share('1', '1', 'rate', scale=8) }} as rate,
        2 as preference,
        source_name
    from rates
    where from_currency = '{{ var("reporting_currency") }}'
),

one_a_day as (
    select
        currency_code,
        rate_date,
        rate,
        lead(rate_date) over (partition by currency_code order by rate_date) as next_rate_date
    from (
        select
            currency_code,
            rate_date,
            min_by(rate, (preference, source_name)) as rate
        from to_reporting_currency
        where currency_code != '{{ var("reporting_currency") }}'
        group by currency_code, rate_date
    ) as preferred
),

carried as (
    select
        currency_code,
        rate_date as quoted_date,
        rate,
        {{ date_series(
            'rate_date',
            "least(coalesce(next_rate_date - 1, date '9999-12-30'), rate_date + "
            ~ var('fx_carry_forward_days') ~ ')'
        ) }} as rate_date
    from one_a_day
),

reporting_currency_days as (
    select
        {{ date_series(
            "date '" ~ var('earliest_plausible_date') ~ "'", 'as_of_date'
        ) }} as rate_date
    from {{ ref('int_build__clock') }}
),

final as (
    select
        currency_code,
        rate_date,
        quoted_date,
        cast(rate as decimal(18, 8)) as rate
    from carried
    union all
    select
        '{{ var("reporting_currency") }}' as currency_code,
        rate_date,
        rate_date as quoted_date,
        cast(1 as decimal(18, 8)) as rate
    from reporting_currency_days
)

select * from final
