{#- Tables and views on DuckDB, replaced within one transaction. As with the adapter's own way (build
    aside, rename twice, drop), whoever reads sees the old one until the new one is whole, and it stays if
    that fails; but dbt has half as much to do for each. -#}
{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] %}
    {%- set relation = this.incorporate(type='table') -%}
    {{ begin_replacing(relation) }}
    {%- if model.language == 'python' -%}
        {#- A Python model writes through a connection of its own, so its table is built aside. -#}
        {%- set aside = make_intermediate_relation(relation) -%}
        {%- do adapter.drop_relation(aside) -%}
        {%- call statement('main', language='python') %}
            {{- create_table_as(false, aside, compiled_code, 'python') }}
        {%- endcall %}
        {%- call statement('rename') %}
            drop table if exists {{ relation }};
            alter table {{ aside }} rename to {{ relation.include(database=false, schema=false) }}
        {%- endcall %}
    {%- else -%}
        {%- call statement('main') %}
            drop table if exists {{ relation }};
            {{ create_table_as(false, relation, compiled_code) }}
        {%- endcall %}
    {%- endif -%}
    {%- do create_indexes(relation) -%}
    {{ return(end_replacing(relation)) }}
{% endmaterialization %}

{% materialization view, adapter='duckdb' %}
    {%- set relation = this.incorporate(type='view') -%}
    {{ begin_replacing(relation) }}
    {%- call statement('main') %}
        drop view if exists {{ relation }};
        {{ get_create_view_as_sql(relation, sql) }}
    {%- endcall %}
    {{ return(end_replacing(relation)) }}
{% endmaterialization %}

{% macro begin_replacing(relation) %}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- set existing = load_cached_relation(this) -%}
    {%- if existing is not none and existing.type != relation.type -%}
        {%- do adapter.drop_relation(existing) -%}
    {%- endif -%}
{% endmacro %}

{% macro end_replacing(relation) %}
    {%- do apply_grants(relation, config.get('grants'), should_revoke=true) -%}
    {%- do persist_docs(relation, model) -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [relation]}) }}
{% endmacro %}
