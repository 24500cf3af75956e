{#- Incremental models on Spark: partitioned by the month of their `event_time`, of which a build overwrites
    those whose rows it has changed. Parquet tables have no transactions, so what is remembered comes in
    an order that a build may be killed in: first which units change, then the months, then that the
    model has seen its inputs. The next build does again what has no such end. -#}
{% materialization incremental, adapter='spark' %}
    {%- set relation = this.incorporate(type='table') -%}
    {%- set aside = make_intermediate_relation(relation) -%}
    {%- set month_of = config.require('event_time') -%}
    {{ run_hooks(pre_hooks) }}
    {%- do run_query('drop table if exists ' ~ aside) -%}
    {%- do make_aside(relation, aside, month_of) -%}
    {%- if is_incremental() -%}
        {%- if config.get('incremental_strategy') == 'replace_differences' -%}
            {%- do keep_changed_units(units_that_differ(relation, aside, months_columns(aside))) -%}
        {%- endif -%}
        {%- do log_on_spark(relation, aside) -%}
        {%- do overwrite_months(relation, aside) -%}
        {%- do remember_on_spark(is_whole=false) -%}
        {%- do run_query('drop table ' ~ aside) -%}
        {%- do run_query('drop table ' ~ changed_units_table()) -%}
    {%- else -%}
        {%- do take_name(aside, relation) -%}
    {%- endif -%}
    {%- do persist_docs(relation, model) -%}
    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [relation]}) }}
{% endmaterialization %}

{#- The month of a row, as a partition is called; rows without a moment have one of their own. -#}
{% macro event_month(column) -%}
    coalesce(date_format({{ column }}, 'yyyy-MM'), 'none')
{%- endmacro %}

{% macro months_columns(relation) %}
    {{ return(get_column_schema_from_query('select * from ' ~ relation) | map(attribute='name') | list) }}
{% endmacro %}

{#- Overwrites the months in which rows of changed units came, went or changed: with the rows of all other
    units as they are, and those that the model makes of the changed ones now. -#}
{% macro overwrite_months(relation, aside) %}
    {%- set columns = months_columns(aside) | join(', ') -%}
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
    {%- if months -%}
        {%- set is_changed = "event_month in ('" ~ months | join("', '") ~ "')" -%}
        {#- A table that is overwritten can't be read meanwhile. -#}
        {%- set months_table = relation.incorporate(path={'identifier': relation.identifier ~ '__step_months'}) -%}
        {%- do run_query('drop table if exists ' ~ months_table) -%}
        {%- call statement('months') %}
            create table {{ months_table }} using parquet as
            select {{ columns }}
            from {{ relation }} as held
            where
                {{ is_changed }}
                and not exists (
                    select 1
                    from {{ changed_units_table() }} as changed
                    where {{ same_unit('held', 'changed') }}
                )
            union all
            select * from ({{ made }}) as made where {{ is_changed }}
        {%- endcall -%}
        {%- do run_query('set spark.sql.sources.partitionOverwriteMode = dynamic') -%}
        {%- call statement('overwrite') %}
            insert overwrite table {{ relation }} partition (event_month) select * from {{ months_table }}
        {%- endcall -%}
        {%- set kept = run_query('select distinct event_month from ' ~ months_table).columns[0].values() -%}
        {%- for month in months if month not in kept -%}
            {%- do run_query(
                'alter table ' ~ relation ~ " drop if exists partition (event_month = '" ~ month ~ "')"
            ) -%}
        {%- endfor -%}
        {%- do run_query('drop table ' ~ months_table) -%}
    {%- endif -%}
{% endmacro %}
