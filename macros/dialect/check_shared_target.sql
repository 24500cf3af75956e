{#- Stops if a run asks of a lake what would spoil it.

    Several models at a time: DuckLake of DuckDB 1.5 forgets, at times, which schema a table belongs to
    when another transaction of the same process changes one meanwhile. Other processes do no harm, nor
    do the engine's own threads.

    Incremental models: each remembers by the number of its run what it has seen of the others, which
    says nothing once two runs change tables at the same time. -#}
{% macro check_shared_target() %}
    {%- if execute and is_shared() -%}
        {%- set kept = graph.nodes.values() | selectattr('config.materialized', 'equalto', 'incremental') -%}
        {%- if target.threads > 1 -%}
            {{ exceptions.raise_compiler_error(
                "The target " ~ target.name ~ " has threads: " ~ target.threads ~ ": a lake takes one model"
                ~ " at a time of each run, so set threads: 1 in profiles.yml. See docs/lake.md."
            ) }}
        {%- elif kept | list and flags.WHICH in ('build', 'run', 'retry') -%}
            {{ exceptions.raise_compiler_error(
                "The variable append_or_update is set, but tables of the target " ~ target.name ~ " are"
                ~ " made whole, since several runs may change it at once: leave it out, or use another"
                ~ " target. See docs/lake.md."
            ) }}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}
