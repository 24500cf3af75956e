{#- Long rows whose value is null under another status than the five that mean null, or not null
    under one of them. -#}
{% test value_is_null_exactly_when_its_status_says_so(model) %}
select *
from {{ model }}
where
    (value is null) != (
        value_status in (
            'missing_source', 'missing_cost', 'no_activity', 'zero_denominator', 'not_estimable'
        )
    )
    or value_status is null
{% endtest %}
