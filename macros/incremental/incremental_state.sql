{#- What incremental models remember, in schema `state` of the build. On DuckDB each writes its own rows
    in the transaction that changes its table, so that a killed build leaves both as they were;
    macros/dialect/spark/incremental.sql says what is done instead where there are no transactions.

    state.builds         one row per run of dbt: its number
    state.models         one row per incremental model: the number of the run that made its rows what
                         they are, of the run that last made it whole, the fingerprint of its
                         definition, and the clock it was made with
    state.changed_units  which units of a model a run has changed: for models further down, which
                         read what is newer than their own rows
    state.kept_changes,  what builds have changed, the sums of KPIs, and hashes of cells and of rows:
    changes_of__*,       see kept_changes.sql, sum_what_changed.sql, find_changed_cells.sql and
    sums_of__*,          find_units_of_changed_rows.sql
    cells_of__*,
    rows_of__*

    While no raw table is declared to only grow, no model is incremental and there is nothing to
    remember. -#}
{% macro open_incremental_state() %}
    {%- if execute and flags.WHICH in ('build', 'run', 'retry') %}
        {%- set kept = [] %}
        {%- for node in graph.nodes.values()
            if node.config.materialized == 'incremental' or keeps_changes() and node.config.meta.units %}
            {%- do kept.append(quoted(node.name)) %}
        {%- endfor %}
        {%- do open_state(kept) %}
    {%- endif %}
{% endmacro %}


{#- Takes the place of dbt's own macro, which incremental models and is_incremental() ask: a model is
    made whole if that is asked for, if it never was, or if its definition has changed; one that
    replaces units also if the clock was turned back, or if one of its inputs was made whole after it. -#}
{% macro should_full_refresh() %}
    {%- set asked = config.get('full_refresh') -%}
    {%- if asked is none -%}
        {%- set asked = flags.FULL_REFRESH -%}
    {%- endif -%}
    {%- set strategy = model.config.incremental_strategy or '' -%}
    {%- if asked or not execute or not strategy.startswith('replace_') -%}
        {{ return(asked) }}
    {%- endif -%}
    {#- Asked several times of a model; the answer is found once. -#}
    {%- if 'is_made_whole' not in model -%}
        {%- do model.update({'is_made_whole': is_unfit_for_increments(strategy)}) -%}
    {%- endif -%}
    {{ return(model.is_made_whole) }}
{% endmacro %}


{#- Whether what the model was made of before cannot be kept. -#}
{% macro is_unfit_for_increments(strategy) %}
    {%- set sound -%}
        select count(*)
        from state.models as own
        where
            own.model_name = {{ quoted(model.name) }}
            and own.fingerprint = {{ quoted(definition_fingerprint()) }}
            {%- if strategy == 'replace_units' %}
            and own.as_of <= ({{ clock_of_this_build() }})
            and not {{ an_input_was_made_whole() }}
            {%- endif %}
            {%- if config.get('meta', {}).get('follows') %}
            and {{ all_changes_are_kept(config.get('meta').follows) }}
            {%- endif %}
    {%- endset -%}
    {{ return(run_query(sound).rows[0][0] == 0) }}
{% endmacro %}


{#- Whether a build has made an input whole after the model was made: a condition on its row of
    state.models, called own. -#}
{% macro an_input_was_made_whole() -%}
    exists (
        select 1
        from state.models as inputs
        where
            inputs.model_name in ('{{ incremental_inputs() | join("', '") }}')
            and inputs.whole_since > own.build_number
    )
{%- endmacro %}


{#- How models are kept that follow what raw tables bring: in increments, if any of these is declared to
    only grow. -#}
{% macro table_or_increments(is_declared=none) %}
    {%- set is_declared = var('append_or_update') if is_declared is none else is_declared -%}
    {{ return('incremental' if is_declared else 'table') }}
{% endmacro %}


{#- The clock, for models that read it; a moment before all others for those that do not. -#}
{% macro clock_of_this_build() -%}
    {%- if 'model.commerce_kpis.int_build__clock' in model.depends_on.nodes -%}
    select as_of from {{ builtins.ref('int_build__clock') }}
    {%- else -%}
    select cast('0001-01-01' as timestamp)
    {%- endif -%}
{%- endmacro %}


{#- The incremental models whose rows this model reads, directly or through others. -#}
{% macro incremental_inputs() %}
    {%- set found = [] -%}
    {%- for unique_id in read_nodes(model.depends_on.nodes, []) -%}
        {%- set node = graph.nodes[unique_id] -%}
        {%- if node.config.materialized == 'incremental' -%}
            {%- do found.append(node.name) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}


{#- The nodes that are read, and what they read, up to the first incremental model or raw table of each
    way. The clock is not looked into: its moment is compared, and nothing else of it is read. -#}
{% macro read_nodes(unique_ids, known) %}
    {%- for unique_id in unique_ids if unique_id in graph.nodes and unique_id not in known -%}
        {%- set node = graph.nodes[unique_id] -%}
        {%- do known.append(unique_id) -%}
        {%- if node.config.materialized != 'incremental' and node.name != 'int_build__clock' -%}
            {%- do read_nodes(node.depends_on.nodes, known) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(known) }}
{% endmacro %}


{#- md5 of all that decides what the model makes of its incremental inputs and raw tables: its code, the
    columns of its contract, the code and meta of what it reads, the macros called there, seeds, the
    parameters named, and where the raw tables are. -#}
{% macro definition_fingerprint() %}
    {%- set codes = [model.raw_code] -%}
    {%- for column in model.columns.values() if config.get('contract').enforced -%}
        {%- do codes.append(column.name ~ ' ' ~ column.data_type) -%}
    {%- endfor -%}
    {%- set macro_names = called_macros(model.depends_on.macros, []) -%}
    {%- for unique_id in read_nodes(model.depends_on.nodes, []) | sort -%}
        {%- set node = graph.nodes[unique_id] -%}
        {%- if node.resource_type == 'seed' and not node.name.startswith('raw_') -%}
            {%- do codes.append(node.checksum.checksum) -%}
        {%- elif node.resource_type == 'model' and node.config.materialized != 'incremental' -%}
            {%- do codes.append(node.raw_code ~ tojson(node.config.meta, sort_keys=true)) -%}
            {%- for variant in (node.config.meta.variants or {}).values() -%}
                {%- for parameter in variant.parameters or [] -%}
                    {%- do codes.append(parameter ~ '=' ~ var(parameter)) -%}
                {%- endfor -%}
            {%- endfor -%}
            {%- do called_macros(node.depends_on.macros, macro_names) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for name in macro_names | sort -%}
        {%- do codes.append(context['commerce_kpis'][name].macro.macro_sql) -%}
    {%- endfor -%}
    {%- set code = codes | join('\n') -%}
    {%- set pattern = "var\\(['\"](\\w+)['\"]" -%}
    {%- for name in modules.re.findall(pattern, code) | unique | sort if name != 'as_of' -%}
        {%- set _ = codes.append(name ~ '=' ~ var(name, '')) -%}
    {%- endfor -%}
    {{ return(local_md5(codes | join('\n'))) }}
{% endmacro %}
