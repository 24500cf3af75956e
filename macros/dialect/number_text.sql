{#- A number as people write it: without zeros at the end of its decimals. Null stays null. -#}
{% macro number_text(number) -%}
    rtrim(rtrim(cast(cast({{ number }} as decimal(38, 12)) as string), '0'), '.')
{%- endmacro %}
