{#- True if a text can be a phone number: seven digits or more, and else only the signs that numbers
    are written with. -#}
{% macro is_phone_number(text_sql) -%}
    coalesce(
        {{ matches_pattern('trim(' ~ text_sql ~ ')', "'^[+]?[0-9 ()./x-]+$'") }}
        and length({{ replace_pattern(text_sql, "'[^0-9]'") }}) >= 7,
        false
    )
{%- endmacro %}
