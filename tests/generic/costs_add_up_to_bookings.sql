{#- Bookings whose rows, over all days and channels, do not add up to them. -#}
{% test costs_add_up_to_bookings(model, bookings) %}
with spread as (
    select cost_source, cost_id, sum(amount) as amount
    from {{ model }}
    group by cost_source, cost_id
)

select
    coalesce(spread.cost_source, bookings.cost_source) as cost_source,
    coalesce(spread.cost_id, bookings.cost_id) as cost_id,
    spread.amount as spread_amount,
    bookings.amount as booked_amount
from spread
full outer join {{ bookings }} as bookings
    on
        spread.cost_source = bookings.cost_source
        and spread.cost_id = bookings.cost_id
where
    spread.cost_id is null
    or bookings.cost_id is null
    or spread.amount is distinct from bookings.amount
{% endtest %}
