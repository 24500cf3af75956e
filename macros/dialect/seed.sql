{#- Seeds of raw tables keep what the file says: every column is text, and DuckDB reads the file as it
    is, so no type is guessed on the way in, and none is tried on each value. Others are typed as usual. -#}
{% materialization seed, adapter='duckdb' %}
    {%- if not model.name.startswith('raw_') -%}
        {{ return(dbt.materialization_seed_default()) }}
    {%- endif -%}
    {%- set relation = this.incorporate(type='table') -%}
    {{ begin_replacing() }}
    {%- call replacing_statement(relation) %}
        create table {{ relation }} as
        select *
        from read_csv(
            {{ path_literal(adapter.get_seed_file_path(model)) }},
            header = true,
            skip = 0,
            all_varchar = true,
            delim = {{ sql_literal(config.get('delimiter', ',')) }}
        );
    {%- endcall %}
    {%- set sample = none -%}
    {%- if invocation_args_dict.get('show') -%}
        {%- set sample = run_query('select * from ' ~ relation ~ ' limit 10') -%}
    {%- endif -%}
    {%- do store_result('agate_table', response='OK', agate_table=sample) -%}
    {{ return(end_replacing(relation)) }}
{% endmaterialization %}
