{#- Every pair that links reach, directly or through a chain: a query with `from_id` and `to_id`.
    links: a relation or CTE with from_id and to_id, at most one row per from_id. A cycle ends where
    it closes, because a node is never reached twice; a node on a cycle reaches itself. -#}
{% macro link_closure(links) -%}
    with recursive reached as (
        select
            from_id,
            to_id,
            {{ list_of('to_id') }} as path
        from {{ links }}
        union all
        select
            reached.from_id,
            links.to_id,
            array_append(reached.path, links.to_id) as path
        from reached
        inner join {{ links }} as links on reached.to_id = links.from_id
        where not array_contains(reached.path, links.to_id)
    )

    select
        from_id,
        to_id
    from reached
{%- endmacro %}
