{#- How schema `state` is written, of which macros/incremental/incremental_state.sql says what it holds.
    DuckDB changes rows, within the transaction of the model; Spark, whose tables of Parquet know neither,
    overwrites a partition of each model. -#}

{#- Makes what is missing in the schema, forgets the models that are not kept in increments any more and
    the units that every model has seen, and gives this run of dbt its number. -#}
{% macro open_state(kept) %}
    {%- if target.type == 'spark' -%}
        {{ return(open_state_on_spark(kept)) }}
    {%- endif -%}
    {%- set statements -%}
        {%- if not kept %}
        drop schema if exists state cascade;
        {%- else %}
        create schema if not exists state;
        create table if not exists state.builds (build_number bigint, invocation_id string);
        create table if not exists state.models (
            model_name string, build_number bigint, whole_since bigint, fingerprint string,
            as_of timestamp
        );
        create table if not exists state.changed_units (
            model_name string, build_number bigint, unit string
        );
        insert into state.builds {{ next_build() }};
        delete from state.models
        where model_name not in ({{ kept | join(', ') }});
        delete from state.changed_units
        where build_number <= (select min(build_number) from state.models);
        {%- endif %}
    {%- endset %}
    {%- do run_query(statements) %}
{% endmacro %}

{% macro next_build() -%}
    select coalesce(max(build_number), 0) + 1, '{{ invocation_id }}'
    from state.builds
{%- endmacro %}

{#- Makes the table of the units that a model recomputes in this build: a statement, or nothing where it
    has been made already. -#}
{% macro keep_changed_units(query) %}
    {%- if target.type == 'spark' -%}
        {%- do run_query('drop table if exists ' ~ changed_units_table()) -%}
        {%- do run_query('create table ' ~ changed_units_table() ~ ' using parquet as ' ~ query) -%}
    {%- else -%}
    create or replace temp table {{ changed_units_table() }} as
    {{ query }}
    {%- endif -%}
{% endmacro %}

{#- The moment up to which a base shelf has read its raw table: a query. On Spark the rows do not tell,
    since a build may have been killed between its months. -#}
{% macro read_through() -%}
    {%- if target.type == 'spark' -%}
    select read_through from state.models where model_name = {{ sql_literal(model.name) }}
    {%- else -%}
    {{ last_loaded(this) }}
    {%- endif -%}
{%- endmacro %}

{#- Remembers that this build has made the model whole, if it did not replace units. -#}
{% macro remember_whole_model() %}
    {%- if target.type == 'spark' -%}
        {%- if not is_incremental() -%}
            {%- do remember_on_spark(is_whole=true) -%}
        {%- endif -%}
    {%- else %}
    {%- set is_remembered -%}
        exists (
            select 1
            from state.models
            where model_name = {{ quoted(model.name) }} and build_number = ({{ this_build() }})
        )
    {%- endset %}
    delete from state.changed_units
    where model_name = {{ quoted(model.name) }} and not {{ is_remembered }};

    delete from state.models
    where model_name = {{ quoted(model.name) }} and build_number < ({{ this_build() }});

    insert into state.models
    select
        {{ quoted(model.name) }}, ({{ this_build() }}), ({{ this_build() }}),
        {{ quoted(definition_fingerprint()) }}, ({{ clock_of_this_build() }})
    where not {{ is_remembered }};
    {%- endif %}
{% endmacro %}
