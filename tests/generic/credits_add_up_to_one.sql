{#- Conversions whose credits of one model do not add up to exactly 1, with the sum. -#}
{% test credits_add_up_to_one(model) %}
select
    conversion_type,
    conversion_id,
    attribution_model,
    sum(credit) as credits
from {{ model }}
group by conversion_type, conversion_id, attribution_model
having sum(credit) != 1
{% endtest %}
