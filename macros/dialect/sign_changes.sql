{#- First in a transaction that changes tables: writes down that this run does, and what it makes. Where
    no other run can change anything meanwhile, there is nothing to write down. -#}
{% macro sign_changes(what) -%}
    {%- if is_shared() -%}
    call {{ adapter.quote(target.database) }}.set_commit_message(
        '{{ invocation_id }}', {{ sql_literal(what) }}
    );
    {%- endif -%}
{%- endmacro %}

{#- Whether a run's changes are those of one run: none of another lies after its first. An expression. -#}
{% macro was_alone(run_id) -%}
    {%- if is_shared() -%}
    not exists (
        select 1
        from {{ adapter.quote(target.database) }}.snapshots()
        where
            author != '{{ run_id }}'
            and snapshot_id > (
                select min(snapshot_id)
                from {{ adapter.quote(target.database) }}.snapshots()
                where author = '{{ run_id }}'
            )
    )
    {%- else -%}
    true
    {%- endif -%}
{%- endmacro %}
