{#- amount * part / whole, exact, half up (away from zero) to `scale` places; null where whole is 0.
    In integers, because division of decimals goes through floats; in short ones where they suffice,
    which are quicker. part and whole have at most 8 places. -#}
{% macro money_share(amount_sql, part_sql, whole_sql, scale=4) -%}
    {%- set wide = share_in_integers(amount_sql, part_sql, whole_sql, scale, 28, 8, is_wide=true) -%}
    {%- if scale == 4 and target.type != 'spark' -%}
    case
        when
            {{ fits_four_places(amount_sql) }}
            and {{ fits_four_places(part_sql) }}
            and {{ fits_four_places(whole_sql) }}
            and abs(cast({{ amount_sql }} as double) * cast({{ part_sql }} as double)) < 40000000000
            then
                {{ share_in_integers(amount_sql, part_sql, whole_sql, scale, 18, 4, is_wide=false) }}
        else
            {{ wide }}
    end
    {%- else -%}
    {{ wide }}
    {%- endif -%}
{%- endmacro %}

{#- Whether a number is below a billion and has no more than four places. -#}
{% macro fits_four_places(number_sql) -%}
    abs(cast({{ number_sql }} as double)) < 1000000000
            and {{ number_sql }} = cast({{ number_sql }} as decimal(18, 4))
{%- endmacro %}

{#- The share in integers, wide or short, out of decimals of so many digits; part and whole have so many
    places. -#}
{% macro share_in_integers(amount_sql, part_sql, whole_sql, scale, digits, places, is_wide) -%}
    {%- set product -%}
        {{ in_units(amount_sql, digits, scale, is_wide) }} * {{ in_units(part_sql, digits, places, is_wide) }}
    {%- endset -%}
    {%- set whole = in_units(whole_sql, digits, places, is_wide) -%}
    cast(
        cast(
            {{ sign_of(product) }} * {{ sign_of(whole) }} * {{ integer_divide(
                '2 * abs(' ~ product ~ ') + abs(' ~ whole ~ ')', 'nullif(2 * abs(' ~ whole ~ '), 0)'
            ) }}
            as decimal({{ digits }}, 0)
        ) * cast({{ '%.8f' | format(1 / 10 ** scale) }} as decimal(9, {{ scale }}))
        as decimal(18, {{ scale }})
    )
{%- endmacro %}

{#- A number as an integer of its last place. -#}
{% macro in_units(number_sql, digits, places, is_wide) -%}
    {%- set units = 'cast(%s as decimal(%s, %s)) * %s' | format(number_sql, digits, places, 10 ** places) -%}
    {{ wide_integer(units) if is_wide else 'cast(' ~ units ~ ' as bigint)' }}
{%- endmacro %}
