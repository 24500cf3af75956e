{#- The incremental strategy `replace_units`: the rows of each changed unit leave, and what the model
    makes of that unit now takes their place, on DuckDB in one transaction with what is remembered of it.
    (On Spark: macros/dialect/spark/incremental.sql.)

    A unit is what the columns of `unique_key` name: rows of one unit depend on no row of another. Of
    the base shelf it is the key of the raw table. Which units changed is found by the model's
    pre-hook, in a table of its own (changed_units_table). If `meta.changes_of` has an
    expression, its values in those rows are the units that models further down recompute. -#}
{% macro get_incremental_replace_units_sql(arguments) %}
    {%- set target_relation = arguments.target_relation -%}
    {%- set columns = arguments.dest_columns | map(attribute='quoted') | join(', ') -%}
    {{ keep_changes(target_relation, arguments.temp_relation, columns) }}

    {%- if config.get('meta', {}).get('changes_of') %}
    insert into state.changed_units
    select {{ quoted(model.name) }}, ({{ this_build() }}), changes.unit
    from ({{ logged_units(target_relation, arguments.temp_relation) }}) as changes;
    {%- endif %}

    delete from {{ target_relation }} as held
    using {{ changed_units_table() }} as changed
    where {{ same_unit('held', 'changed') }};

    insert into {{ target_relation }} ({{ columns }})
    select {{ columns }}
    from {{ rows_of_changed_units(arguments.temp_relation) }};

    update state.models
    set build_number = ({{ this_build() }}), as_of = ({{ clock_of_this_build() }})
    where model_name = {{ quoted(model.name) }};
{% endmacro %}


{#- The units that models further down recompute: by the rows that differ, where these are kept, or by those
    that leave and those that come; a query. -#}
{% macro logged_units(held, made) -%}
    {%- set logged = config.get('meta').changes_of -%}
    {%- set relations = [changes_table(model.name)] if keeps_rows()
        else [rows_of_changed_units(held), rows_of_changed_units(made)] -%}
    {%- for relation in relations %}
    select distinct {{ logged }} as unit
    from {{ relation }}
    where {{ logged }} is not null
    {{ 'union' if not loop.last }}
    {%- endfor %}
{%- endmacro %}


{#- The incremental strategy `replace_differences`, for models that are made whole in every build but
    change in few rows: only these are written, and models further down learn which they are. The
    columns of `unique_key` are the key of the rows. -#}
{% macro get_incremental_replace_differences_sql(arguments) %}
    {%- set columns = arguments.dest_columns | map(attribute='quoted') | list -%}
    {{ keep_changed_units(units_that_differ(arguments.target_relation, arguments.temp_relation, columns)) }};
    {{ get_incremental_replace_units_sql(arguments) }}
{% endmacro %}


{#- The units of which a row differs between two relations, by a hash of these columns: a query. -#}
{% macro units_that_differ(held, made, columns) -%}
    select
        {%- for column in unit_columns() %}
        coalesce(made.{{ column }}, held.{{ column }}) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from ({{ hashed_units(held, columns) }}) as held
    full join ({{ hashed_units(made, columns) }}) as made
        on {{ same_unit('held', 'made') }}
    where held.content_hash is distinct from made.content_hash
{%- endmacro %}


{% macro hashed_units(relation, columns) -%}
    select {{ unit_columns() | join(', ') }}, {{ key_hash(columns) }} as content_hash
    from {{ relation }}
{%- endmacro %}


{#- Post-hook of incremental models: a build that did not replace units has made the model whole. -#}
{% macro remember_whole_build() %}
    {%- if model.config.materialized == 'incremental' -%}
        {{ remember_whole_model() }}
    {%- endif -%}
{% endmacro %}


{#- Whether this build replaces units of the model, and does not make it whole. A unit test, which has
    no table, makes its model whole. -#}
{% macro replaces_units() %}
    {{ return((this or false) and is_incremental()) }}
{% endmacro %}


{#- The number of this run of dbt. -#}
{% macro this_build() -%}
    select max(build_number) from state.builds
{%- endmacro %}


{#- Name of the table of the units that a model recomputes in this build. -#}
{% macro changed_units_table() -%}
    {{ 'state.' if target.type == 'spark' }}changed_units_of__{{ model.name }}
{%- endmacro %}


{#- Whether two relations name the same unit of this model; `left_name` if the left one calls it
    something else. -#}
{% macro same_unit(left, right, left_name=none) -%}
    {%- for column in unit_columns() -%}
        {{ left }}.{{ left_name or column }} is not distinct from {{ right }}.{{ column }}{{ ' and ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}


{#- The rows of a relation that belong to a changed unit; all, where the model is made whole. `name` is
    the column of the unit, if the relation calls it something else. -#}
{% macro rows_of_changed_units(relation, name=none) -%}
    {%- if replaces_units() -%}
    (
        select held.*
        from {{ relation }} as held
        where exists (
            select 1
            from {{ changed_units_table() }} as changed
            where {{ same_unit('held', 'changed', name) }}
        )
    )
    {%- else -%}
    {{ relation }}
    {%- endif -%}
{%- endmacro %}


{#- Where the model replaces units: a join that leaves the changed ones. `relation` has the columns of the
    unit, but for those that `others` name with their own. -#}
{% macro join_changed_units(relation, others) -%}
    {%- if replaces_units() -%}
    inner join {{ changed_units_table() }} as changed
        on
            {%- for column in unit_columns() %}
            {{ 'and ' if not loop.first }}{{ others.get(column, relation) }}.{{ column }} = changed.{{ column }}
            {%- endfor %}
    {%- endif -%}
{%- endmacro %}


{#- The columns that name a unit: those of `unique_key`, or the key of a raw table. -#}
{% macro unit_columns() %}
    {%- if is_base_shelf() -%}
        {{ return(landing_keys(model.name.split('__')[1])) }}
    {%- endif -%}
    {%- set unit = config.get('unique_key') -%}
    {{ return([unit] if unit is string else unit) }}
{% endmacro %}


{#- Whether the model is the base shelf of a raw table. -#}
{% macro is_base_shelf() %}
    {{ return(model.name.startswith('base_contract__')) }}
{% endmacro %}
