{#- The money of a row of a raw table, in the row's own currency: what the contract names `money`, over
    the typed columns of `alias`; null if it names none. A product of two amounts keeps all its places. -#}
{% macro row_money(table_name, alias) -%}
    {%- set factors = [] -%}
    {%- for name in (landing_contract()[table_name].money or '').split(' * ') if name -%}
        {%- do factors.append(alias ~ '.' ~ name) -%}
    {%- endfor -%}
    cast({{ factors | join(' * ') or 'null' }} as decimal(38, 8))
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
