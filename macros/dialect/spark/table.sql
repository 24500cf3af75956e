{#- Tables on Spark. Each is written aside and takes its name when it is whole, so that a model that fails
    leaves what stood there; between the two there is a moment in which readers find none. -#}
{% materialization table, adapter='spark', supported_languages=['sql', 'python'] %}
    {%- set relation = this.incorporate(type='table') -%}
    {%- set aside = make_intermediate_relation(relation) -%}
    {{ run_hooks(pre_hooks) }}
    {%- do run_query('drop table if exists ' ~ aside) -%}
    {%- if model.language == 'python' -%}
        {%- call statement('main', language='python') %}
            {{- compiled_code }}
        {%- endcall -%}
    {%- else -%}
        {%- do make_aside(relation, aside) -%}
    {%- endif -%}
    {%- do take_name(aside, relation) -%}
    {%- do persist_docs(relation, model) -%}
    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [relation]}) }}
{% endmaterialization %}

{#- Makes the table of a model under another name. `month_of`: a column by whose month it is partitioned. -#}
{% macro make_aside(relation, aside, month_of=none) %}
    {%- set steps = [] -%}
    {%- set query = make_steps(relation, compiled_code, steps) -%}
    {%- set query = promised_columns(query) if config.get('contract').enforced else query -%}
    {%- call statement('main') %}
        create table {{ aside }} using parquet
        {%- if month_of %}
        partitioned by (event_month) as
        select *, {{ event_month(month_of) }} as event_month from ({{ query }})
        {%- else %}
        as {{ query }}
        {%- endif %}
    {%- endcall -%}
    {%- do drop_steps(steps) -%}
{% endmacro %}

{#- Gives a finished table the name of what stood there before. -#}
{% macro take_name(aside, relation) %}
    {%- set earlier = load_cached_relation(relation) -%}
    {%- do run_query(
        'drop ' ~ ('view' if earlier and earlier.type == 'view' else 'table') ~ ' if exists ' ~ relation
    ) -%}
    {%- do run_query('alter table ' ~ aside ~ ' rename to ' ~ relation) -%}
{% endmacro %}

{#- A query with the columns that the contract names, in its order and of its types. A null in a column
    that may hold none stops the model, as a constraint would. -#}
{% macro promised_columns(query) %}
    {%- set columns = get_column_schema_from_query(get_empty_subquery_sql(query)) -%}
    {%- set found = columns | map(attribute='name') | list -%}
    {%- set promised = model.columns.values() | map(attribute='name') | list -%}
    {%- if found | sort != promised | sort -%}
        {{ exceptions.raise_compiler_error(
            "The contract of " ~ model.name ~ " names the columns " ~ promised | sort | join(', ')
            ~ "; its query makes " ~ found | sort | join(', ') ~ "."
        ) }}
    {%- endif -%}
    select
        {%- for column in model.columns.values() %}
        {%- set value = 'cast(' ~ column.name ~ ' as ' ~ spark_type(column.data_type) ~ ')' %}
        {%- if column.constraints | selectattr('type', 'equalto', 'not_null') | list %}
        coalesce(
            {{ value }}, raise_error({{ sql_literal(model.name ~ '.' ~ column.name ~ ' is null') }})
        )
        {%- else %}
        {{ value }}
        {%- endif %} as {{ column.name }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from (
        {{ query }}
    )
{% endmacro %}

{#- A type of a contract by Spark's name. -#}
{% macro spark_type(data_type) -%}
    {{ {'varchar': 'string', 'hugeint': 'decimal(38, 0)'}.get(data_type | lower, data_type) }}
{%- endmacro %}
