{#- Product of an expression over the rows of a window up to this one, to twelve places: in which order
    the engine multiplies shows behind them. Null factors count as 1. -#}
{% macro running_product(expression, partition_by, order_by) -%}
    round(product({{ expression }}) over (
        partition by {{ partition_by }}
        order by {{ order_by }}
        rows between unbounded preceding and current row
    ), 12)
{%- endmacro %}
