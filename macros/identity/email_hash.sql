{#- An e-mail address as an id: md5 of the trimmed, lower-case address. Text that is no address
    (`n/a`, `none`) is null, so that it never pools strangers into one person. -#}
{% macro email_hash(email_sql) -%}
    case
        when {{ is_pattern('trim(' ~ email_sql ~ ')', "'[^@[:space:]]+@[^@[:space:]]+'") }}
            then md5(lower(trim({{ email_sql }})))
    end
{%- endmacro %}
