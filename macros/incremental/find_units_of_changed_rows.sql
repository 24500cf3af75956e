{#- Pre-hook of models that replace units, and read models that are made whole: the units whose rows in one
    of these have changed.

    `meta.units_of_rows` names for each model that is read what of a row names its unit: columns of
    `unique_key`, some of them or all. A row that names a part of it, as a period, stands for all units
    that have this part. A hash of the rows that share a name is kept from build to build; of the
    models that are named, the first ones that have each column say which units there are. -#}
{% macro find_units_of_changed_rows() %}
    {%- if execute and keeps_changes() %}
    {{ keep_for_this_build('rows_now', hashed_rows()) }};
    {%- if replaces_units() %}
    {{ keep_changed_units(units_of_changed_rows()) }};
    {%- endif %}

    create or replace table state.rows_of__{{ model.name }} as
    select *
    from rows_now;

    drop table rows_now
    {%- endif -%}
{% endmacro %}


{#- A hash of the rows of each model that is read, by what they name of a unit: a query. -#}
{% macro hashed_rows() -%}
    {%- for model_name, named in config.get('meta').units_of_rows.items() %}
    select
        '{{ model_name }}' as model_name,
        {%- for column in unit_columns() %}
        {{ 'input_rows.' if column in named else 'null as ' }}{{ column }},
        {%- endfor %}
        sum({{ key_hash(['input_rows']) }}) as content_hash
    from {{ builtins.ref(model_name) }} as input_rows
    group by input_rows.{{ named | join(', input_rows.') }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}


{#- The units whose rows came, went or changed since the last build: a query. -#}
{% macro units_of_changed_rows() -%}
    {%- set before = 'state.rows_of__' ~ model.name -%}
    {%- set parts = {} -%}
    {%- for model_name, named in config.get('meta').units_of_rows.items()
        if not named | select('in', parts.values() | sum(start=[])) | list -%}
        {%- do parts.update({model_name: named}) -%}
    {%- endfor -%}
    with differing as (
        select * from (select * from rows_now except select * from {{ before }}) as new_rows
        union
        select * from (select * from {{ before }} except select * from rows_now) as old_rows
    ),

    {% for model_name, named in parts.items() -%}
    part_{{ loop.index }} as (
        {%- for rows in ['rows_now', before] %}
        select {{ named | join(', ') }}
        from {{ rows }}
        where model_name = '{{ model_name }}'
        {{ 'union' if not loop.last }}
        {%- endfor %}
    ),

    {% endfor -%}
    units as (
        select *
        from part_1
        {%- for number in range(2, parts | length + 1) %}
        cross join part_{{ number }}
        {%- endfor %}
    )

    {%- for model_name, named in config.get('meta').units_of_rows.items() %}
    select units.{{ unit_columns() | join(', units.') }}
    from units
    inner join differing
        on
            differing.model_name = '{{ model_name }}'
            {%- for column in named %}
            and units.{{ column }} = differing.{{ column }}
            {%- endfor %}
    {{ 'union' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
