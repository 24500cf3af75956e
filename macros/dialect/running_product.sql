{#- Product of an expression over the rows of a window up to this one, to twelve places: in which order
    the engine multiplies shows behind them. Null factors count as 1. -#}
{% macro running_product(expression, partition_by, order_by) -%}
    {%- set so_far -%}
        over (
            partition by {{ partition_by }}
            order by {{ order_by }}
            rows between unbounded preceding and current row
        )
    {%- endset -%}
    {%- if target.type == 'spark' -%}
    round(aggregate(collect_list({{ expression }}) {{ so_far }}, 1D, (product, factor) -> product * factor), 12)
    {%- else -%}
    round(product({{ expression }}) {{ so_far }}, 12)
    {%- endif -%}
{%- endmacro %}
