{#- The money of a row of a raw table, in the row's own currency: what the contract names `money`, over
    the typed columns of `alias`; null if it names none, or if it is implausible. A product of two
    amounts keeps all its places. -#}
{% macro row_money(table_name, alias) -%}
    {%- set factors = [] -%}
    {%- for name in (landing_contract()[table_name].money or '').split(' * ') if name -%}
        {%- do factors.append(alias ~ '.' ~ name) -%}
    {%- endfor -%}
    {{ plausible_money(factors) }}
{%- endmacro %}

{#- The same over landed text; an amount that can't be read is null, as it is on the base shelf. -#}
{% macro landed_money(table_name) -%}
    {%- set contract = landing_contract()[table_name] -%}
    {%- set factors = [] -%}
    {%- for name in (contract.money or '').split(' * ') if name -%}
        {%- set column = contract.columns[name] -%}
        {%- set parsed = parse_value(trimmed_text(name), column.type) -%}
        {%- do factors.append(
            'coalesce(' ~ parsed ~ ', ' ~ column.default ~ ')'
            if column.default is defined else '(' ~ parsed ~ ')'
        ) -%}
    {%- endfor -%}
    {{ plausible_money(factors) }}
{%- endmacro %}

{#- A product of amounts as money; null from `implausible_amount` on, so that one typing error is not
    more than all other money of its table. -#}
{% macro plausible_money(factors) -%}
    {%- if factors -%}
    {#- The engine gives a product of two decimals(18, 4) no more than 18 digits. -#}
    {%- set wide = ['cast(' ~ factors[0] ~ ' as decimal(28, 4))'] -%}
    {%- set product = (wide + factors[1:]) | join(' * ') -%}
    case
        when abs({{ product }}) < {{ implausible_amount() }}
            then cast({{ product }} as decimal(38, 8))
    end
    {%- else -%}
    cast(null as decimal(38, 8))
    {%- endif -%}
{%- endmacro %}
