{#- Parts that rest on predictions, each as known_<part>, and known_customers_modelled: null in weeks,
    at whose ends nothing is predicted, and sums where that of some account is not known.

    parts: what is predicted, with the column that counts accounts for which it is not known, as in
    fct_trailing_years. -#}
{% macro predicted_parts(parts) -%}
cast(case when period_grain != 'week' then customers_modelled end as bigint)
    as known_customers_modelled
    {%- for part, unknown in parts.items() %},
cast(
    case when period_grain != 'week' and {{ unknown }} = 0 then {{ part }} end as decimal(18, 4)
) as known_{{ part }}
    {%- endfor %}
{%- endmacro %}
