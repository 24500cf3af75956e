{#- One date a row from `first_sql` to `last_sql`, both included. No row if either is null, or the last
    is before the first. -#}
{% macro date_series(first_sql, last_sql) -%}
    {%- if target.type == 'spark' -%}
    explode(case
        when cast({{ first_sql }} as date) <= cast({{ last_sql }} as date)
            then sequence(cast({{ first_sql }} as date), cast({{ last_sql }} as date), interval 1 day)
    end)
    {%- else -%}
    cast(unnest(generate_series({{ first_sql }}, {{ last_sql }}, interval 1 day)) as date)
    {%- endif -%}
{%- endmacro %}
