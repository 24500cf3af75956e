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
        create table if not exists state.kept_changes (
            model_name string, since_build bigint, build_number bigint
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

{#- Makes the table of the units that a model recomputes in this build: a statement. -#}
{% macro keep_changed_units(query) -%}
    {{ keep_for_this_build(changed_units_table(), query) }}
{%- endmacro %}

{#- Makes a table that the build of one model needs: a statement. On Spark, where none is of a session,
    what an earlier build left has been dropped. -#}
{% macro keep_for_this_build(name, query) -%}
    {%- if target.type == 'spark' -%}
    create table {{ name }} using parquet as
    {%- else -%}
    create or replace temp table {{ name }} as
    {%- endif %}
    {{ query }}
{%- endmacro %}

{#- Remembers that this build has made the model whole, if it did not replace units. -#}
{% macro remember_whole_model() %}
    {%- if target.type == 'spark' -%}
        {%- if execute and not is_incremental() -%}
            {%- do remember_model() -%}
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
