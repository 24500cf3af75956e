{#- Of a model with `meta.keeps_changes` a build keeps, in state.changes_of__<model>, the `rows` that it has
    changed, as they were and as they are, with `was_before` to tell them; or the `units` that it has made
    anew. state.kept_changes has one row per such model: the run that changed it last, and the run that
    had made it what it was. -#}
{% macro keep_changes(held, made, columns) %}
    {%- if keeps_changes() and config.get('meta', {}).get('keeps_changes') -%}
    create or replace table {{ changes_table(model.name) }} as
    {{ rows_that_differ(held, made, columns) if keeps_rows() else 'select * from ' ~ changed_units_table() }};

    delete from state.kept_changes
    where model_name = {{ quoted(model.name) }};

    insert into state.kept_changes
    select model_name, build_number, ({{ this_build() }})
    from state.models
    where model_name = {{ quoted(model.name) }};
    {%- endif -%}
{% endmacro %}


{#- Of the changed units, the rows that a build changes, as they were and as they are, with `was_before` to
    tell them: a query. -#}
{% macro rows_that_differ(held, made, columns) -%}
    with held_rows as (
        select {{ columns }}
        from {{ rows_of_changed_units(held) }}
    ),

    made_rows as (
        select {{ columns }}
        from {{ rows_of_changed_units(made) }}
    )

    select true as was_before, *
    from (select * from held_rows except all select * from made_rows) as held_only
    union all
    select false as was_before, *
    from (select * from made_rows except all select * from held_rows) as made_only
{%- endmacro %}


{#- Whether the model keeps the rows that a build changes. -#}
{% macro keeps_rows() %}
    {{ return(keeps_changes() and config.get('meta', {}).get('keeps_changes') == 'rows') }}
{% endmacro %}


{#- Name of the table of what a build has changed in a model. -#}
{% macro changes_table(model_name) -%}
    state.changes_of__{{ model_name }}
{%- endmacro %}


{#- Whether all is kept that changed in a model since another was made, and not its last change alone: a
    condition on the other's row of state.models, called own. -#}
{% macro all_changes_are_kept(model_name) -%}
    (
        exists (
            select 1
            from state.kept_changes as kept
            where kept.model_name = '{{ model_name }}' and kept.since_build <= own.build_number
        )
        or not exists (
            select 1
            from state.models as inputs
            where inputs.model_name = '{{ model_name }}' and inputs.build_number > own.build_number
        )
    )
{%- endmacro %}


{#- Pre-hook of models that replace units, and follow from another one alone (`meta.follows`), which keeps the
    units that it has made anew: those are theirs too, or say which are. -#}
{% macro follow_changed_units() %}
    {%- if replaces_units() -%}
    {%- set units %}
    select distinct {{ unit_columns() | join(', ') }}
    from {{ changes_table(config.get('meta').follows) }}
    {%- endset -%}
    {{ keep_changed_units(units) }}
    {%- endif -%}
{% endmacro %}
