{#- Takes the place of dbt's own macro, which `dbt source freshness` asks of each source: when the newest
    row of a raw table was loaded, and what time it is. Time is the data's clock, never the machine's:
    the variable `as_of`, by default the newest load of any raw table, so that a table is found that
    stands still while others move. A scheduler that wants to know whether all stand still says what
    time it is: `--vars '{as_of: ...}'`.

    A table of which most rows do not say when they were loaded, or that was not delivered, cannot be
    stale: a line says so. Other sources than raw tables are dbt's own business. -#}
{% macro collect_freshness(source, loaded_at_field, filter) %}
    {%- set table_name = source.identifier -%}
    {%- if table_name not in landing_contract()
        or source | string != builtins.source('landing', table_name) | string -%}
        {{ return(default__collect_freshness(source, loaded_at_field, filter)) }}
    {%- endif -%}
    {%- set newest -%}
        select case when 2 * sum(dated_rows) > sum(landed_rows) then max(newest) end
        from ({{ loads([table_name], filter) }}) as loads
    {%- endset -%}
    {%- set newest = run_query(newest).rows[0][0] -%}
    {%- if newest is none -%}
        {%- do log(
            "  " ~ table_name ~ " does not say when it was loaded, or was not delivered: it is not judged.",
            info=true
        ) -%}
    {%- endif -%}
    {%- set now = freshness_clock() -%}
    {%- call statement('collect_freshness', fetch_result=True, auto_begin=False) -%}
        select
            cast({{ quoted((newest or now) | string) }} as timestamp) as max_loaded_at,
            cast({{ quoted(now | string) }} as timestamp) as snapshotted_at
    {%- endcall -%}
    {{ return(load_result('collect_freshness')) }}
{% endmacro %}

{#- The moment at which freshness is asked. All raw tables are read for it once, not once a table. -#}
{% macro freshness_clock() %}
    {%- if var('as_of') -%}
        {{ return(var('as_of')) }}
    {%- endif -%}
    {%- if 'newest_load' not in graph -%}
        {%- set query -%}
            select max(newest) from ({{ loads(landing_contract().keys() | list) }}) as loads
        {%- endset -%}
        {%- do graph.update({'newest_load': run_query(query).rows[0][0]}) -%}
    {%- endif -%}
    {{ return(graph.newest_load or var('earliest_plausible_date')) }}
{% endmacro %}

{#- Each delivery of some raw tables: its rows, how many say when they were loaded, and the newest load.
    What is later than plausible says nothing. -#}
{% macro loads(table_names, filter=none) -%}
    select
        0 as landed_rows,
        0 as dated_rows,
        cast(null as timestamp) as newest
    {%- for table_name in table_names %}
    {%- for reader in landing_delivery(table_name).readers %}
    union all
    select
        count(*) as landed_rows,
        count(moment) as dated_rows,
        max(moment) as newest
    from (
        select
            {%- set moment = loaded_moment(reader.columns) %}
            case
                when {{ moment }} < cast('{{ var("latest_plausible_date") }}' as timestamp)
                    then {{ moment }}
            end as moment
        from {{ reader.source }}{{ ')' if reader.files }} as delivered
        {%- if filter %}
        where {{ filter }}
        {%- endif %}
    ) as rows_delivered
    {%- endfor %}
    {%- endfor %}
{%- endmacro %}
