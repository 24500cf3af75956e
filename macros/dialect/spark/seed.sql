{#- Seeds on Spark: the file is read once by Spark itself, and nothing is guessed but what dbt guesses of a
    seed that names no types. Raw tables keep what the file says: every column is text. -#}
{% materialization seed, adapter='spark' %}
    {%- set relation = this.incorporate(type='table') -%}
    {%- set aside = make_intermediate_relation(relation) -%}
    {%- set table = load_agate_table() -%}
    {%- set is_raw = model.name.startswith('raw_') -%}
    {%- set types = config.get('column_types', {}) -%}
    {{ run_hooks(pre_hooks) }}
    {%- do run_query('drop table if exists ' ~ aside) -%}
    {%- set file = model.name ~ '__file' -%}
    {%- set path = model.root_path ~ '/' ~ model.original_file_path -%}
    {%- set options = spark_csv_options(config.get('delimiter', ','), 'utf-8') -%}
    {%- do run_query(spark_csv_view(file, path, table.column_names, options)) -%}
    {%- call statement('main') %}
        create table {{ aside }} using parquet as
        select
            {%- for name in table.column_names %}
            {%- set type = 'string' if is_raw
                else spark_type(types.get(name, adapter.convert_type(table, loop.index0))) %}
            cast({{ adapter.quote(name) }} as {{ type }}) as {{ adapter.quote(name) }}
            {{- ',' if not loop.last }}
            {%- endfor %}
        from {{ file }}
    {%- endcall -%}
    {%- do run_query('drop view ' ~ file) -%}
    {%- do take_name(aside, relation) -%}
    {%- do persist_docs(relation, model) -%}
    {{ run_hooks(post_hooks) }}
    {%- do store_result('agate_table', response='OK', agate_table=table) -%}
    {{ return({'relations': [relation]}) }}
{% endmaterialization %}
