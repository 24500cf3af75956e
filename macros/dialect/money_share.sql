{#- amount * part / whole, exact, half up (away from zero) to `scale` places; null where whole is 0.
    In integers, because division of decimals goes through floats. part and whole have at most
    8 places. -#}
{% macro money_share(amount_sql, part_sql, whole_sql, scale=4) -%}
    {%- set units = 10 ** scale -%}
    {%- set product -%}
        cast(cast({{ amount_sql }} as decimal(28, {{ scale }})) * {{ units }} as hugeint)
        * cast(cast({{ part_sql }} as decimal(28, 8)) * 100000000 as hugeint)
    {%- endset -%}
    {%- set whole -%}
        cast(cast({{ whole_sql }} as decimal(28, 8)) * 100000000 as hugeint)
    {%- endset -%}
    cast(
        cast(
            sign({{ product }}) * sign({{ whole }})
            * ((2 * abs({{ product }}) + abs({{ whole }})) // nullif(2 * abs({{ whole }}), 0))
            as decimal(28, 0)
        ) * cast({{ '%.8f' | format(1 / units) }} as decimal(9, {{ scale }}))
        as decimal(18, {{ scale }})
    )
{%- endmacro %}
