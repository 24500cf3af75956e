with clock as (
    select as_of
    from {{ ref('int_build__clock') }}
),

orders as (
    select
        order_id,
        session_id,
        client_id,
        contact_id,
        placed_at
    from {{ ref('int_orders__resolved') }}
),

sessions as (
    select
        session_id,
        client_id,
        visitor_id,
        session_date,
        started_at,
        ended_at
    from {{ ref('int_sessions__resolved') }}
    where exclusion_reason is null
),

visitors as (
    select
        client_id,
        visitor_id,
        contact_id
    from {{ ref('int_identity__visitors') }}
),

contact_visitors as (
    select
        contact_id,
        min(visitor_id) as visitor_id
    from visitors
    where contact_id is not null
    group by contact_id
),

order_hits as (
    select
        order_id,
        client_id,
        event_at,
        is_deleted,
        loaded_at
    from {{ ref('stg_contract__web_events') }}
    where order_id is not null
),

-- The session that holds the hit with which the order was placed.
hit_sessions as (
    select
        order_hits.order_id,
        sessions.session_id,
        sessions.visitor_id
    from order_hits
    cross join clock
    inner join sessions
        on
            order_hits.client_id = sessions.client_id
            and order_hits.event_at >= sessions.started_at
            and order_hits.event_at
            <= sessions.ended_at + interval {{ var('session_timeout_seconds') }} second
    where {{ row_exclusion('order_hits.event_at', 'order_hits') }} is null
    qualify
        row_number() over (
            partition by order_hits.order_id
            order by order_hits.event_at asc, sessions.started_at desc, sessions.session_id asc
        ) = 1
),

-- The source's own sessions that orders name: who it was, and when.
named_sessions as (
    select
        session_id,
        min(event_at) as first_hit_at,
        min_by(client_id, event_at) as client_id
    from {{ ref('stg_contract__web_events') }}
    where
        session_id in (select orders.session_id from orders)
        and client_id is not null
        and not is_deleted
    group by session_id
),

-- The strongest link wins: the hit that names the order, the session that the order names, the
-- browser, the person.
linked as (
    select
        orders.order_id,
        coalesce(hit_sessions.session_id, sessions.session_id) as known_session_id,
        coalesce(
            hit_sessions.visitor_id,
            sessions.visitor_id,
            named_visitors.visitor_id,
            named_sessions.client_id,
            visitors.visitor_id,
            orders.client_id,
            contact_visitors.visitor_id
        ) as visitor_id,
        -- The order is where its session was, even when it was entered later.
        coalesce(named_sessions.first_hit_at, orders.placed_at) as visit_at
    from orders
    left join hit_sessions
        on orders.order_id = hit_sessions.order_id
    left join sessions
        on orders.session_id = sessions.session_id
    left join named_sessions
        on orders.session_id = named_sessions.session_id
    left join visitors as named_visitors
        on named_sessions.client_id = named_visitors.client_id
    left join visitors
        on orders.client_id = visitors.client_id
    left join contact_visitors
        on orders.contact_id = contact_visitors.contact_id
),

-- Else the visitor's latest session at that moment, if it was still running or began that day.
visits as (
    select
        linked.order_id,
        sessions.session_id
    from linked
    inner join sessions
        on
            linked.visitor_id = sessions.visitor_id
            and linked.visit_at >= sessions.started_at
            and (
                sessions.session_date = {{ reporting_date('linked.visit_at') }}
                or linked.visit_at
                <= sessions.ended_at + interval {{ var('session_timeout_seconds') }} second
            )
    where linked.known_session_id is null
    qualify
        row_number() over (
            partition by linked.order_id order by sessions.started_at desc, sessions.session_id asc
        ) = 1
),

final as (
    select
        linked.order_id,
        coalesce(linked.known_session_id, visits.session_id) as session_id,
        linked.visitor_id
    from linked
    left join visits
        on linked.order_id = visits.order_id
)

select * from final
