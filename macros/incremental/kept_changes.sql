{#- Of a fact with `meta.keeps_changes` a build keeps, in state.changes_of__<model>, the rows that it has
    changed: as they were and as they are, with `was_before` to tell them. state.kept_changes has one row per
    such fact: the run that changed it last, and the run that had made it what it was. -#}
{% macro keep_changes(held, made, columns) %}
    {%- if config.get('meta', {}).get('keeps_changes') and keeps_changes() -%}
    {%- set rows = {
        'true': ['held', rows_of_changed_units(held)], 'false': ['made', rows_of_changed_units(made)],
    } -%}
    create or replace table {{ changes_table(model.name) }} as
    {%- for was_before, (name, own) in rows.items() %}
    {%- set other_name, other = rows['false' if was_before == 'true' else 'true'] %}
    select {{ was_before }} as was_before, *
    from (
        select {{ columns }} from {{ own }} as {{ name }}_rows
        except all
        select {{ columns }} from {{ other }} as {{ other_name }}_rows
    ) as {{ name }}_only
    {{ 'union all' if not loop.last }}
    {%- endfor %};

    delete from state.kept_changes
    where model_name = {{ quoted(model.name) }};

    insert into state.kept_changes
    select model_name, build_number, ({{ this_build() }})
    from state.models
    where model_name = {{ quoted(model.name) }};
    {%- endif -%}
{% endmacro %}


{#- Name of the table of the rows of a fact that a build has changed. -#}
{% macro changes_table(fact) -%}
    state.changes_of__{{ fact }}
{%- endmacro %}
