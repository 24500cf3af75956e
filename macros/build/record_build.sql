{#- Hooks that keep in the build file which dbt run made it, and whether that run was whole.

    `trust.build_info` (one row) is dropped when a run begins to change tables and written again
    when it ends, so a file whose row says `is_complete` and `is_passed` holds one finished build.
    `trust.kpi_queries` has the SQL that each KPI table was made with, so that the rows behind a
    number are found with that and no other.
    `trust.build_models` has a row per model and seed of that run: tables of models that are gone
    stay in the file, and only what is listed there is published. Views of schema bi are made anew
    by every whole build, so that none is left of a KPI that is gone.

    On a target that several runs write at once only runs of everything keep these tables: there, what
    a run has changed is known by its signature (macro sign_changes), and two runs of different models
    would have been in each other's way at nothing but these. -#}
{% macro forget_build() %}
    {%- if execute and flags.WHICH in ('build', 'run', 'seed', 'snapshot', 'retry', 'clone')
        and keeps_record() %}
        {%- for name in ('build_info', 'build_models', 'kpi_queries') %}
            {%- do run_query('drop table if exists ' ~ build_relation(name)) %}
        {%- endfor %}
        {%- if flags.WHICH == 'build' and takes_everything() %}
            {%- do run_query('drop schema if exists bi cascade') %}
        {%- endif %}
    {%- endif %}
{% endmacro %}


{#- Whether no argument of this command leaves out models, data tests or rows. The two selectors of
    the project leave out none. -#}
{% macro takes_everything() %}
    {%- for name in ['select', 'exclude', 'resource_types', 'exclude_resource_types', 'empty',
            'sample'] if invocation_args_dict.get(name) %}
        {{- return(false) }}
    {%- endfor %}
    {{- return((invocation_args_dict.get('selector') or 'data') in ('data', 'everything')) }}
{% endmacro %}


{#- Whether this run is written down in the tables above. -#}
{% macro keeps_record() %}
    {{- return(takes_everything() or not is_shared()) }}
{% endmacro %}


{% macro record_build(results) %}
    {%- if execute and flags.WHICH == 'build' %}
        {%- do check_landed_files() %}
    {%- endif %}
    {%- if execute and flags.WHICH == 'build' and keeps_record() %}
        {%- do adapter.create_schema(api.Relation.create(
            database=target.database or none, schema='trust'
        )) %}
        {%- do replace_table(build_relation('build_info'), build_info_sql(results)) %}
        {%- do replace_table(build_relation('build_models'), build_models_sql(results)) %}
        {%- do replace_table(build_relation('kpi_queries'), kpi_queries_sql(results)) %}
        {%- do keep_comments(results) %}
    {%- endif %}
{% endmacro %}


{% macro build_relation(name) -%}
    {{ api.Relation.create(database=target.database or none, schema='trust', identifier=name) }}
{%- endmacro %}


{#- Complete: every enabled node has a result (but for the golden totals, which only hold for the
    shipped parameters), no argument left out rows, and no other run changed a table meanwhile. -#}
{% macro build_info_sql(results) %}
    {%- set has_result = [] %}
    {%- set failed = [] %}
    {#- Exposures and saved queries are listed with the others, but nothing is done for them. -#}
    {%- for result in results if result.node.resource_type not in ('exposure', 'saved_query') %}
        {%- do has_result.append(result.node.unique_id) %}
        {%- if result.status | string not in ('success', 'pass', 'warn') %}
            {%- do failed.append(result.node.unique_id) %}
        {%- endif %}
    {%- endfor %}
    {%- set missing = [] %}
    {%- for node in graph.nodes.values() %}
        {%- if node.resource_type in ('model', 'seed', 'snapshot', 'test')
                and node.config.materialized != 'ephemeral'
                and 'golden' not in node.tags
                and node.unique_id not in has_result %}
            {%- do missing.append(node.unique_id) %}
        {%- endif %}
    {%- endfor %}
    {%- set finished_at = modules.datetime.datetime.now(modules.pytz.utc) %}
    {%- set seconds = (finished_at - run_started_at).total_seconds() %}
    select
        cast('{{ invocation_id }}' as string) as build_id,
        cast('{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S.%f") }}' as timestamp) as started_at,
        cast('{{ finished_at.strftime("%Y-%m-%d %H:%M:%S.%f") }}' as timestamp) as finished_at,
        cast({{ seconds | round(1) }} as double) as seconds,
        cast({{ sql_literal(tojson(invocation_args_dict.get('vars') or {}, sort_keys=true)) }}
            as string) as parameters,
        cast({{ var('publish_email_addresses') }} as boolean) as has_email_addresses,
        cast('{{ dbt_version }}' as string) as dbt_version,
        cast('{{ var("landing") }}' as string) as landing,
        cast({{ has_result | length }} as integer) as nodes,
        cast({{ failed | length }} as integer) as failed_nodes,
        cast({{ missing | length }} as integer) as missing_nodes,
        cast(
            {{ missing | length == 0 and takes_everything() }} and {{ was_alone(invocation_id) }} as boolean
        ) as is_complete,
        cast({{ failed | length == 0 }} as boolean) as is_passed
{% endmacro %}


{#- Published is what BI reads (core, kpi, trust), unless its YAML says `publish: false`, and what a KPI
    table reads, so that the rows behind its numbers are found in the published file. -#}
{% macro build_models_sql(results) %}
    {%- set rows = [] %}
    {%- set read_by_kpis = [] %}
    {%- for result in results if result.node.name in kpi_models() %}
        {%- do read_by_kpis.extend(result.node.depends_on.nodes) %}
    {%- endfor %}
    {%- for result in results if result.node.resource_type in ('model', 'seed', 'snapshot') %}
        {%- set node = result.node %}
        {%- do rows.append(
            "select cast('" ~ node.schema ~ "' as string) as schema_name, "
            ~ "cast('" ~ node.alias ~ "' as string) as model_name, "
            ~ "cast('" ~ node.resource_type ~ "' as string) as resource_type, "
            ~ "cast('" ~ node.config.materialized ~ "' as string) as materialization, "
            ~ "cast(" ~ (node.config.get('meta', {}).get('publish', (
                node.schema in ('core', 'kpi', 'trust') or node.unique_id in read_by_kpis
            ))) ~ " as boolean) "
            ~ "as is_published, "
            ~ "cast(" ~ result.execution_time ~ " as double) as seconds"
        ) %}
    {%- endfor %}
    {{ rows | join(' union all ') or 'select null as schema_name, null as model_name, null as resource_type,
        null as materialization, null as is_published, null as seconds where false' }}
{% endmacro %}


{#- The SQL that each KPI table was made with, over the tables of `database_name`. -#}
{% macro kpi_queries_sql(results) %}
    {%- set rows = [] %}
    {%- for result in results if result.node.name in kpi_models() and result.node.compiled_code
        and result.node.version == result.node.latest_version %}
        {%- do rows.append(
            "select " ~ quoted(result.node.name | replace('kpi_', '', 1)) ~ " as kpi, "
            ~ quoted(target.database or none) ~ " as database_name, "
            ~ quoted(result.node.compiled_code) ~ " as sql"
        ) %}
    {%- endfor %}
    {{ rows | join(' union all ') or 'select null as kpi, null as database_name, null as sql
        where false' }}
{% endmacro %}
