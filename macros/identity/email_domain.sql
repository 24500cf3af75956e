{#- The domain of an e-mail address, lower case; null where the text is no address. -#}
{% macro email_domain(email_sql) -%}
    case
        when {{ is_pattern('trim(' ~ email_sql ~ ')', "'[^@[:space:]]+@[^@[:space:]]+'") }}
            then split_part(lower(trim({{ email_sql }})), '@', 2)
    end
{%- endmacro %}
