{#- Versions of a dimension are half-open, start at the beginning, end at the end, and meet: any
    date has exactly one. key: the column that names the member. -#}
{% test versions_cover_every_date_once(model, key) %}

with ordered as (
    select
        {{ key }},
        valid_from_date,
        valid_to_date,
        lag(valid_to_date) over by_start as previous_to_date,
        lead(valid_from_date) over by_start as next_from_date
    from {{ model }}
    window by_start as (partition by {{ key }} order by valid_from_date)
)

select *
from ordered
where
    valid_from_date != coalesce(previous_to_date, date '0001-01-01')
    or valid_to_date != coalesce(next_from_date, date '9999-12-31')
    or valid_from_date >= valid_to_date

{% endtest %}
