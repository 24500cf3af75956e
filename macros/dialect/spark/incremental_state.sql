{#- Schema `state` on Spark: a partition for each model, so that one is overwritten while others are read. -#}
{% macro open_state_on_spark(kept) %}
    {%- if not kept -%}
        {#- What the models have seen first: without it, the rest says nothing. -#}
        {%- do run_query('drop table if exists state.models') -%}
        {{ return(run_query('drop schema if exists state cascade')) }}
    {%- endif -%}
    {%- for statement in [
        'create schema if not exists state',
        'create table if not exists state.builds (build_number bigint, invocation_id string) using parquet',
        'create table if not exists state.models (build_number bigint, whole_since bigint,'
        ~ ' fingerprint string, as_of timestamp, model_name string)'
        ~ ' using parquet partitioned by (model_name)',
        'create table if not exists state.changed_units (unit string, model_name string,'
        ~ ' build_number bigint) using parquet partitioned by (model_name, build_number)',
        'insert into state.builds ' ~ next_build(),
    ] -%}
        {%- do run_query(statement) -%}
    {%- endfor -%}
    {%- set left = 'select model_name from state.models where model_name not in (' ~ kept | join(', ') ~ ')' -%}
    {%- for row in run_query(left).rows -%}
        {%- do forget_partition('models', "model_name = '" ~ row[0] ~ "'") -%}
    {%- endfor -%}
    {%- set seen -%}
        select distinct model_name, build_number
        from state.changed_units
        where build_number <= (select min(build_number) from state.models)
    {%- endset -%}
    {%- for row in run_query(seen).rows -%}
        {%- do forget_partition('changed_units', "model_name = '" ~ row[0] ~ "', build_number = " ~ row[1]) -%}
    {%- endfor -%}
{% endmacro %}

{% macro forget_partition(table, partition) %}
    {%- do run_query('alter table state.' ~ table ~ ' drop if exists partition (' ~ partition ~ ')') -%}
{% endmacro %}

{#- The units that this build changes of a model, for models further down. -#}
{% macro log_changed_units(relation, aside) %}
    {%- if config.get('meta').changes_of -%}
        {%- set number = run_query(this_build()).rows[0][0] -%}
        {%- set rows -%}
            select unit, {{ quoted(model.name) }} as model_name, {{ number }} as build_number
            from ({{ logged_units(relation, aside) }})
        {%- endset -%}
        {%- do overwrite_partitions('state.changed_units', 'model_name, build_number', rows) -%}
    {%- endif -%}
{% endmacro %}

{#- Forgets what is known of a model whose table is about to change; the run that last made it whole. -#}
{% macro forget_model() %}
    {%- set asked = 'select whole_since from state.models where model_name = ' ~ quoted(model.name) -%}
    {%- set rows = run_query(asked).rows -%}
    {%- do forget_partition('models', 'model_name = ' ~ quoted(model.name)) -%}
    {{ return(rows[0][0] if rows else none) }}
{% endmacro %}

{#- That the model is now what this build makes of its inputs. `whole_since`: none if it made it whole. -#}
{% macro remember_model(whole_since=none) %}
    {%- if is_empty(this) -%}
        {{ return('') }}
    {%- endif -%}
    {%- set name = quoted(model.name) -%}
    {%- set number = run_query(this_build()).rows[0][0] -%}
    {%- if whole_since is none -%}
        {%- set logged = 'select distinct build_number from state.changed_units where model_name = ' ~ name -%}
        {%- for row in run_query(logged).rows -%}
            {%- do forget_partition('changed_units', 'model_name = ' ~ name ~ ', build_number = ' ~ row[0]) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- set row -%}
        select
            {{ number }}, {{ number if whole_since is none else whole_since }},
            {{ quoted(definition_fingerprint()) }}, ({{ clock_of_this_build() }}), {{ name }}
    {%- endset -%}
    {%- do overwrite_partitions('state.models', 'model_name', row) -%}
{% endmacro %}
