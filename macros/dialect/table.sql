{#- Tables and views on DuckDB, replaced within one transaction. As with the adapter's own way (build
    aside, rename twice, drop), whoever reads sees the old one until the new one is whole, and it stays if
    that fails; but dbt has a third as much to do for each. -#}
{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] %}
    {%- set relation = this.incorporate(type='table') -%}
    {{ begin_replacing() }}
    {%- if model.language == 'python' -%}
        {#- A Python model writes through a connection of its own, so its table is built aside. -#}
        {%- set aside = make_intermediate_relation(relation) -%}
        {%- do adapter.drop_relation(aside) -%}
        {%- call statement('main', language='python') %}
            {{- create_table_as(false, aside, compiled_code, 'python') }}
        {%- endcall %}
        {%- call statement('rename') %}
            {{- sign_changes(model.name) }}
            {{ drop_before(relation) }}
            alter table {{ aside }} rename to {{ relation.include(database=false, schema=false) }}
        {%- endcall %}
    {%- else -%}
        {%- call replacing_statement(relation) %}
            {{- create_table_as(false, relation, compiled_code) }}
        {%- endcall %}
    {%- endif -%}
    {{ return(end_replacing(relation)) }}
{% endmaterialization %}

{% materialization view, adapter='duckdb' %}
    {%- set relation = this.incorporate(type='view') -%}
    {{ begin_replacing() }}
    {%- call replacing_statement(relation) %}
        {{- get_create_view_as_sql(relation, sql) }}
    {%- endcall %}
    {{ return(end_replacing(relation)) }}
{% endmaterialization %}

{#- Whether one statement does all there is to do. It then holds its transaction, so that dbt need not
    begin and commit one; if it fails, the connection is closed, which rolls back. -#}
{% macro is_one_statement() %}
    {{ return(not (
        model.language == 'python' or pre_hooks or post_hooks or config.get('indexes')
        or not config.get('contract').enforced
        and (config.persist_relation_docs() or config.persist_column_docs())
    )) }}
{% endmacro %}

{% macro begin_replacing() %}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
{% endmacro %}

{#- Drops what stood under the name, makes what the caller says, and comments on it. -#}
{% macro replacing_statement(relation) %}
    {%- set is_alone = is_one_statement() -%}
    {%- set making = caller() -%}
    {%- call statement('main', auto_begin=not is_alone) %}
        {{ 'begin transaction;' if is_alone }}
        {{- sign_changes(model.name) }}
        {{ drop_before(relation) }}
        {{ making }}
        {{ comments_on(relation) if config.get('contract').enforced }}
        {{ 'commit;' if is_alone }}
    {%- endcall %}
{% endmacro %}

{% macro drop_before(relation) -%}
    drop {{ (load_cached_relation(relation) or relation).type }} if exists {{ relation }};
{%- endmacro %}

{% macro end_replacing(relation) %}
    {%- if not is_one_statement() -%}
        {%- do create_indexes(relation) -%}
        {%- if not config.get('contract').enforced -%}
            {%- do persist_docs(relation, model) -%}
        {%- endif -%}
        {{ run_hooks(post_hooks, inside_transaction=True) }}
        {{ adapter.commit() }}
        {{ run_hooks(post_hooks, inside_transaction=False) }}
    {%- endif -%}
    {{ return({'relations': [relation]}) }}
{% endmacro %}
