{#- Long rows whose interval does not contain the value. A hair's breadth is allowed for the
    floating point of a bound that equals the value. -#}
{% test interval_holds_its_value(model) %}
select *
from {{ model }}
where value < ci_low - 1e-9 or value > ci_high + 1e-9
{% endtest %}
