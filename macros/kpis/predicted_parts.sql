{#- Parts that rest on predictions, each as known_<part>, and known_customers_modelled: null in weeks,
    at whose ends nothing is predicted, and sums where the orders of some account could not be.

    parts: sums of what is predicted. The relation has customers_modelled and customers_unpredicted,
    as fct_trailing_years. -#}
{% macro predicted_parts(parts) -%}
cast(case when period_grain != 'week' then customers_modelled end as bigint)
    as known_customers_modelled
    {%- for part in parts %},
cast(
    case when period_grain != 'week' and customers_unpredicted = 0 then {{ part }} end
    as decimal(18, 4)
) as known_{{ part }}
    {%- endfor %}
{%- endmacro %}
