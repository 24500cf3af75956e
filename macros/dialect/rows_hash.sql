{#- One hash for a set of rows, each given as a text: the same in whatever order the rows come; a row
    that comes twice counts twice. An aggregate. Both halves of each row's md5 are added up; the engine
    works out an expression that stands there twice once, which two functions it would not. -#}
{% macro rows_hash(text_sql) -%}
    {%- if target.type == 'spark' -%}
    md5(concat_ws(
        ' ',
        count(*),
        coalesce(sum({{ number_of_digits('left(md5(' ~ text_sql ~ '), 16)') }}), 0),
        coalesce(sum({{ number_of_digits('right(md5(' ~ text_sql ~ '), 16)') }}), 0)
    ))
    {%- else -%}
    md5(concat_ws(
        ' ',
        count(*),
        coalesce(sum(cast(md5_number({{ text_sql }}) >> 64 as hugeint)), 0),
        coalesce(
            sum(cast(md5_number({{ text_sql }}) & cast(18446744073709551615 as uhugeint) as hugeint)), 0
        )
    ))
    {%- endif -%}
{%- endmacro %}

{#- Sixteen hexadecimal digits as a number. -#}
{% macro number_of_digits(digits_sql) -%}
    cast(conv({{ digits_sql }}, 16, 10) as decimal(38, 0))
{%- endmacro %}
