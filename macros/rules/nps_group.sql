{#- The group of a score of 0 to 10 (F. Reichheld, 2003): 9 and 10 promote, 7 and 8 are passive,
    0 to 6 detract. Null without a score. -#}
{% macro nps_group(score_sql) -%}
    case
        when {{ score_sql }} >= 9 then 'promoter'
        when {{ score_sql }} >= 7 then 'passive'
        when {{ score_sql }} >= 0 then 'detractor'
    end
{%- endmacro %}
