{#- The money of a row of a raw table, in the row's own currency: what the contract names `money`, over
    typed columns; null if it names none. Exact: a product of two amounts keeps all its places. -#}
{% macro row_money(table_name) -%}
    cast({{ landing_contract()[table_name].money or 'null' }} as decimal(38, 8))
{%- endmacro %}

{#- The same over landed text; an amount that can't be read is null, as it is on the base shelf. -#}
{% macro landed_money(table_name) -%}
    {%- set contract = landing_contract()[table_name] -%}
    {%- if contract.money -%}
        {%- set factors = [] -%}
        {%- for name in contract.money.split(' * ') -%}
            {%- set column = contract.columns[name] -%}
            {%- set parsed = parse_value(trimmed_text(name), column.type) -%}
            {%- do factors.append(
                'coalesce(' ~ parsed ~ ', ' ~ column.default ~ ')'
                if column.default is defined else parsed
            ) -%}
        {%- endfor -%}
        cast({{ factors | join(' * ') }} as decimal(38, 8))
    {%- else -%}
        cast(null as decimal(38, 8))
    {%- endif -%}
{%- endmacro %}
