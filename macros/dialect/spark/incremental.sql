{#- Incremental models on Spark: partitioned by the month of their `event_time`, of which a build overwrites
    those whose rows it has changed.

    Parquet tables have no transactions: a build that is killed while it overwrites may leave months that
    are new, old, or gone. So the state forgets a model before its table changes, and remembers it when
    the table is whole: one that it does not know is made whole. -#}
{% materialization incremental, adapter='spark' %}
    {%- set relation = this.incorporate(type='table') -%}
    {%- set aside = make_intermediate_relation(relation) -%}
    {%- set month_of = config.get('meta').event_time -%}
    {%- do run_query('drop table if exists ' ~ aside) -%}
    {%- do drop_tables_of_this_build() -%}
    {{ run_hooks(pre_hooks) }}
    {%- do make_aside(relation, aside, month_of) -%}
    {%- if is_incremental() -%}
        {%- if config.get('incremental_strategy') == 'replace_differences' -%}
            {%- call statement('differences') %}
                {{ keep_changed_units(units_that_differ(relation, aside, columns_of(relation))) }}
            {%- endcall -%}
        {%- endif -%}
        {%- do overwrite_months(relation, aside) -%}
        {%- do run_query('drop table ' ~ aside) -%}
        {%- do drop_tables_of_this_build() -%}
    {%- else -%}
        {%- do leave_a_file(aside) -%}
        {%- do forget_model() -%}
        {%- do take_name(aside, relation) -%}
    {%- endif -%}
    {%- do persist_docs(relation, model) -%}
    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [relation]}) }}
{% endmaterialization %}

{#- Drops what keep_for_this_build has made. -#}
{% macro drop_tables_of_this_build() %}
    {%- for name in [changed_units_table(), newly_landed_table()] -%}
        {%- do run_query('drop table if exists ' ~ name) -%}
    {%- endfor -%}
{% endmacro %}

{#- The month of a row, as a partition is called; rows without a moment have one of their own. -#}
{% macro event_month(column) -%}
    coalesce(date_format({{ column }}, 'yyyy-MM'), 'none')
{%- endmacro %}

{#- The names of the columns of a table, in its order. -#}
{% macro columns_of(relation) %}
    {{ return(get_column_schema_from_query('select * from ' ~ relation) | map(attribute='name') | list) }}
{% endmacro %}

{#- Overwrites the months in which rows of changed units came, went or changed: with the rows of all other
    units as they are, and those that the model makes of the changed ones now. -#}
{% macro overwrite_months(relation, aside) %}
    {%- set columns = columns_of(relation) | join(', ') -%}
    {%- set held = 'select ' ~ columns ~ ' from ' ~ rows_of_changed_units(relation) -%}
    {%- set made = 'select ' ~ columns ~ ' from ' ~ rows_of_changed_units(aside) -%}
    {%- set changed_months -%}
        select distinct event_month
        from (
            (({{ held }}) except all ({{ made }}))
            union all
            (({{ made }}) except all ({{ held }}))
        )
    {%- endset -%}
    {%- set months = run_query(changed_months).columns[0].values() | list -%}
    {%- set whole_since = forget_model() -%}
    {%- if months -%}
        {%- set rows -%}
            select {{ columns }}
            from {{ relation }} as held
            where
                event_month in ('{{ months | join("', '") }}')
                and not exists (
                    select 1
                    from {{ changed_units_table() }} as changed
                    where {{ same_unit('held', 'changed') }}
                )
            union all
            select {{ columns }}
            from ({{ made }})
            where event_month in ('{{ months | join("', '") }}')
        {%- endset -%}
        {%- set filled = run_query(
            'select distinct event_month from (' ~ rows ~ ')'
        ).columns[0].values() | list -%}
        {%- do log_changed_units(relation, aside) -%}
        {%- do overwrite_partitions(relation, 'event_month', rows) -%}
        {%- for month in months if month not in filled -%}
            {%- do run_query(
                'alter table ' ~ relation ~ " drop if exists partition (event_month = '" ~ month ~ "')"
            ) -%}
        {%- endfor -%}
        {%- do leave_a_file(relation) -%}
    {%- endif -%}
    {%- do remember_model(whole_since) -%}
{% endmacro %}

{#- Overwrites the partitions of which there are rows, and no others. Spark writes these in a folder of the
    query, and not, as where the partition is named, in one of the table: so two models may do it at once. -#}
{% macro overwrite_partitions(table, columns, rows) %}
    {%- do run_query('set spark.sql.sources.partitionOverwriteMode = dynamic') -%}
    {%- call statement('overwrite') %}
        insert overwrite table {{ table }} partition ({{ columns }}) {{ rows }}
    {%- endcall -%}
{% endmacro %}

{#- A table of partitions that has no rows has no files either, and who reads files would know of none.
    It becomes one without partitions, which the state does not remember: the next build makes it whole. -#}
{% macro leave_a_file(relation) %}
    {%- if is_empty(relation) -%}
        {%- set plain = relation.incorporate(path={'identifier': relation.identifier ~ '__step_plain'}) -%}
        {%- do run_query('drop table if exists ' ~ plain) -%}
        {%- set columns = columns_of(relation) | reject('equalto', 'event_month') | join(', ') -%}
        {%- do run_query(
            'create table ' ~ plain ~ ' using parquet as select ' ~ columns ~ ' from ' ~ relation
        ) -%}
        {%- do run_query('drop table ' ~ relation) -%}
        {%- do run_query('alter table ' ~ plain ~ ' rename to ' ~ relation) -%}
    {%- endif -%}
{% endmacro %}

{% macro is_empty(relation) %}
    {{ return(run_query('select 1 from ' ~ relation ~ ' limit 1').rows | length == 0) }}
{% endmacro %}
