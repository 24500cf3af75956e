{#- KPI tables in increments: the sums that a KPI is made of are kept from build to build, in
    state.sums_of__<model>, and a build adds to them what the units that changed bring now, and takes away
    what they brought before. Sums of whole numbers and decimals come out as if all had been summed anew.

    What a unit brings must follow from its own rows alone, and not from the clock. Both sides are found
    with the KPI's own SQL, up to the sums of kpi_rollup; it reads its facts through rows_to_sum. A row may
    belong to several units, say a visit to a visitor and to an account: a unit of which only some rows are
    read, since others of them changed, brings the same on both sides.

    `meta.units` of the KPI names for each fact it reads what of a row names each of its units, or null;
    other relations may be read only if they do not change what units bring, as dim_periods. -#}


{#- Pre-hook of such a KPI: brings its sums up to date. -#}
{% macro sum_what_changed() %}
    {%- if keeps_sums() -%}
        {%- set fingerprint = sums_fingerprint() -%}
        {%- do model.update({'changed_facts': facts_changed_since_summed()}) -%}
        {%- if not can_be_added_to(fingerprint) -%}
            {{ replace_sums(fingerprint) }}
        {%- elif model.changed_facts -%}
            {{ add_to_sums() }}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}


{#- Whether what changed can be added to the sums that are there: they were made by the same definition, of
    the facts as they were before their last change, by a clock that has not been turned back; every
    changed row names a unit; and no sum is a float, which depends on the order of the rows. -#}
{% macro can_be_added_to(fingerprint) %}
    {%- if flags.FULL_REFRESH -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set sound -%}
        select count(*)
        from state.models as own
        where
            own.model_name = {{ quoted(model.name) }}
            and own.fingerprint = {{ quoted(fingerprint) }}
            and own.as_of <= ({{ clock_of_this_build() }})
            and not {{ an_input_was_made_whole() }}
            {%- for fact in model.changed_facts %}
            and {{ all_changes_are_kept(fact) }}
            {%- endfor %}
    {%- endset -%}
    {%- if run_query(sound).rows[0][0] == 0 -%}
        {{ return(false) }}
    {%- endif -%}
    {%- for fact in model.changed_facts -%}
        {%- set without_unit -%}
            select 1
            from {{ changes_table(fact) }}
            where coalesce({{ model.config.meta.units[fact].values() | join(', ') }}, null) is null
            limit 1
        {%- endset -%}
        {%- if run_query(without_unit).rows | length -%}
            {{ return(false) }}
        {%- endif -%}
    {%- endfor -%}
    {%- set types = get_column_schema_from_query('select * from ' ~ sums_table()) | map(attribute='data_type') -%}
    {{ return('DOUBLE' not in types) }}
{% endmacro %}


{#- What decides, besides the rows of the facts, what their sums are: md5. Periods are numbered from the
    first day of the history. -#}
{% macro sums_fingerprint() %}
    {%- set clock = builtins.ref('int_build__clock') -%}
    {%- set of_no_unit = ['dim_dates', 'dim_periods', 'int_build__clock', 'int_landing__availability'] -%}
    {%- set history_start = run_query('select history_start_date from ' ~ clock).rows[0][0] -%}
    {%- for unique_id in model.depends_on.nodes -%}
        {%- set name = unique_id.split('.')[2] -%}
        {%- if name not in model.config.meta.units and name not in of_no_unit -%}
            {{ exceptions.raise_compiler_error(
                model.name ~ " keeps its sums from build to build, but reads " ~ name
                ~ ", of which no units are named: name them in meta.units, or make the table whole."
            ) }}
        {%- endif -%}
    {%- endfor -%}
    {%- set parts = [
        definition_fingerprint(), history_start | string, tojson(model.config.meta, sort_keys=true),
        var('rollup_grains'), var('rollup_dimensions'),
    ] -%}
    {{ return(local_md5(parts | join('\n'))) }}
{% endmacro %}


{#- The facts that builds have changed since the KPI summed them. -#}
{% macro facts_changed_since_summed() %}
    {%- set query -%}
        select facts.model_name
        from state.models as facts
        inner join state.models as own
            on own.model_name = {{ quoted(model.name) }} and facts.build_number > own.build_number
        where facts.model_name in ('{{ model.config.meta.units | join("', '") }}')
        order by facts.model_name
    {%- endset -%}
    {{ return(run_query(query).columns[0].values() | list) }}
{% endmacro %}


{#- Sums all rows, and remembers by what: statements. -#}
{% macro replace_sums(fingerprint) %}
    create or replace table {{ sums_table() }} as
    {{ sums_query('all') }};

    delete from state.models
    where model_name = {{ quoted(model.name) }};

    insert into state.models
    select
        {{ quoted(model.name) }}, ({{ this_build() }}), ({{ this_build() }}),
        {{ quoted(fingerprint) }}, ({{ clock_of_this_build() }})
{% endmacro %}


{#- Adds what changed units bring now and takes away what they brought: statements. A sum of which no row is
    left goes. -#}
{% macro add_to_sums() %}
    {%- set keys = [
        'relation', 'event_date', 'period_grain', 'from_index', 'to_index', 'dimension', 'dimension_value',
    ] -%}
    {%- set measures = get_column_schema_from_query('select * from ' ~ sums_table())
        | map(attribute='name') | reject('in', keys) | list -%}
    {{ keep_changed_units(units_changed_in_facts()) }};

    create or replace table {{ sums_table() }} as
    select
        {{ keys | join(', ') }},
        {%- for measure in measures %}
        sum({{ measure }}) as {{ measure }}{{ ',' if not loop.last }}
        {%- endfor %}
    from (
        select * from {{ sums_table() }}
        union all
        select * from ({{ sums_query('after') }}) as after_change
        union all
        select
            {{ keys | join(', ') }},
            {%- for measure in measures %}
            -{{ measure }} as {{ measure }}{{ ',' if not loop.last }}
            {%- endfor %}
        from ({{ sums_query('before') }}) as before_change
    ) as added_up
    group by {{ keys | join(', ') }}
    having sum(row_count) != 0;

    update state.models
    set build_number = ({{ this_build() }}), as_of = ({{ clock_of_this_build() }})
    where model_name = {{ quoted(model.name) }}
{% endmacro %}


{#- The units of rows that came, went or changed since they were last summed: a query. -#}
{% macro units_changed_in_facts() -%}
    {%- for fact in model.changed_facts %}
    {%- set is_last_fact = loop.last -%}
    {%- for name, unit in model.config.meta.units[fact].items() %}
    select '{{ name }}' as unit_name, {{ unit }} as unit
    from {{ changes_table(fact) }}
    where {{ unit }} is not null
    {{ 'union' if not (loop.last and is_last_fact) }}
    {%- endfor %}
    {%- endfor %}
{%- endmacro %}
