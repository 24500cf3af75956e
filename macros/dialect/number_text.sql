{#- A number as people write it: without zeros at the end of its decimals. Null stays null. -#}
{% macro number_text(number) -%}
    trim(trailing '.' from trim(trailing '0' from cast(cast({{ number }} as decimal(38, 12)) as string)))
{%- endmacro %}
