-- Stands in for the forecast: its columns, without a row.
select
    cast(null as varchar) as kpi,
    cast(null as varchar) as variant,
    cast(null as varchar) as period_grain,
    cast(null as date) as period_start,
    cast(null as varchar) as dimension,
    cast(null as varchar) as dimension_value,
    cast(null as varchar) as method,
    cast(null as integer) as horizon,
    cast(null as double) as forecast_value,
    cast(null as double) as low_80,
    cast(null as double) as high_80,
    cast(null as boolean) as is_published,
    cast(null as date) as trained_until,
    cast(null as varchar) as unit,
    cast(null as varchar) as value_status
where false
