{#- The encoding of the CSV files, as the variable `landing_encoding` says. -#}
{% macro landing_encoding() %}
    {%- set encoding = var('landing_encoding') -%}
    {%- if encoding not in ('utf-8', 'latin-1') -%}
        {{ exceptions.raise_compiler_error(
            "The variable landing_encoding is '" ~ encoding ~ "': set it to utf-8 or latin-1."
            ~ " See docs/landing_contract.md."
        ) }}
    {%- endif -%}
    {{ return(encoding) }}
{% endmacro %}
