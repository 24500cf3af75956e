{#- Share number `position` (from 1) of an amount split evenly over `shares`, so that all shares add
    up to the amount exactly.

    In integer minor units (hundredths) by the largest remainder; all remainders are equal, so the
    first shares take the units left over. What an amount holds below a minor unit is in the first
    share. A negative amount is split like its absolute value. -#}
{% macro even_share(amount, position, shares) -%}
    {%- set minor_units = wide_integer('floor(abs(' ~ amount ~ ') * 100)') -%}
    cast(
        cast(
            {{ sign_of(amount) }} * (
                {{ integer_divide(minor_units, shares) }}
                + case when {{ position }} <= {{ minor_units }} % {{ shares }} then 1 else 0 end
            ) as decimal(18, 0)
        ) * 0.01
        + case
            when {{ position }} = 1
                then {{ amount }}
                    - cast({{ sign_of(amount) }} * {{ minor_units }} as decimal(18, 0)) * 0.01
            else 0
        end
        as decimal(18, 4)
    )
{%- endmacro %}
