{#- Text without white space around it (blanks, tabs, line ends, no-break spaces, all that Unicode
    calls so); null if nothing is left. Nearly every value begins and ends with a printable character
    of ASCII, and is then passed on as it is. -#}
{% macro trimmed_text(text_sql) -%}
    case
        when left({{ text_sql }}, 1) between '!' and '~' and right({{ text_sql }}, 1) between '!' and '~'
            then {{ text_sql }}
        else nullif(
            {{ replace_pattern(text_sql, "'^[[:space:]\\pZ\\x{85}]+|[[:space:]\\pZ\\x{85}]+$'") }},
            ''
        )
    end
{%- endmacro %}
