{#- Groups of rows whose shares are negative or add up to more than 1. -#}
{% test shares_within_one(model, columns, share) %}
select
    {{ columns | join(', ') }},
    sum({{ share }}) as share_sum
from {{ model }}
group by {{ columns | join(', ') }}
having sum({{ share }}) > 1 or min({{ share }}) < 0
{% endtest %}
