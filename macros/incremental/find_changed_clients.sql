{#- Pre-hook of int_web__sessions: the browsers whose sessions a build makes anew, each with its whole
    history, since one late hit can join two sessions to one.

    A browser is concerned if one of its hits has come, changed or left; if a hit was kept back because
    it lay after the clock of the last build; or if its source has begun, or ceased, to deliver sessions
    of its own. -#}
{% macro find_changed_clients() %}
    {%- set events = builtins.ref('stg_contract__web_events') %}
    {%- if replaces_units() -%}
    {%- set query %}
    with last_build as (
        select as_of
        from state.models
        where model_name = {{ quoted(model.name) }}
    ),

    sessionised_sources as (
        select distinct source_name
        from {{ builtins.ref('stg_contract__web_sessions') }}
        where not is_deleted
    )

    {{ units_changed_in_inputs() }}
    union
    select events.client_id
    from {{ events }} as events
    cross join last_build
    where
        events.client_id is not null
        and (events.event_at > last_build.as_of or events.loaded_at > last_build.as_of)
    union
    select held.client_id
    from {{ this }} as held
    inner join sessionised_sources on held.source_name = sessionised_sources.source_name
    union
    select events.client_id
    from {{ events }} as events
    where
        events.client_id is not null
        and events.source_name not in (select source_name from sessionised_sources)
        and events.source_name not in (select source_name from {{ this }})
    {%- endset -%}
    {{ keep_changed_units(query) }}
    {%- endif -%}
{% endmacro %}
