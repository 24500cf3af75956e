{#- Every pair that links reach, directly or through a chain: a query with `from_id` and `to_id`.
    links: a relation or CTE with from_id and to_id, at most one row per from_id. A cycle ends by
    itself, because a pair is never made twice; a node on a cycle reaches itself. -#}
{% macro link_closure(links) -%}
    with recursive reached as (
        select
            from_id,
            to_id
        from {{ links }}
        union
        select
            reached.from_id,
            links.to_id
        from reached
        inner join {{ links }} as links on reached.to_id = links.from_id
    )

    select
        from_id,
        to_id
    from reached
{%- endmacro %}
