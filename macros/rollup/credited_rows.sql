{#- Rows of orders by the members of their attribution credits (default model), each measure times
    the share: a query. An order without credits is `(unattributed)`.

    relation: a CTE; conversion: its column with the id of the order; dimensions: those of the
    credits, which the relation has no columns for; measures: numeric columns. The share has 19
    digits, one more than it needs, since the engine gives a product of two short decimals no more
    than 18.

    Columns: the id of the order, touch_id of the credit, the dimensions, whatever else the relation
    has, and the measures. -#}
{% macro credited_rows(relation, conversion, dimensions, measures) -%}
select
    dated.{{ conversion }},
    credits.touch_id,
    {%- for name in dimensions %}
    coalesce(credits.{{ name }}, '(unattributed)') as {{ name }},
    {%- endfor %}
    {{ columns_except([conversion] + measures, 'dated') }},
    {%- for measure in measures %}
    dated.{{ measure }} * coalesce(cast(credits.credit as decimal(19, 8)), 1)
        as {{ measure }}{{ ',' if not loop.last }}
    {%- endfor %}
from {{ relation }} as dated
left join {{ rows_to_sum(ref('fct_attribution_credits')) }} as credits
    on
        dated.{{ conversion }} = credits.conversion_id
        and credits.conversion_type = 'order'
        and credits.attribution_model = '{{ var("attribution_model") }}'
{%- endmacro %}
