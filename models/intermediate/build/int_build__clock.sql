-- Every raw table may set the clock, so this reads the list of the landing contract.
with moments as (
    {%- for table_name, contract in landing_contract().items() %}
    {%- set event = contract.event %}
    {%- set is_moment = event and contract.columns[event].type == 'timestamp' %}
    select
        max(loaded_at) as last_loaded_at,
        {%- if is_moment %}
        max({{ event }}) as last_event_at,
        {%- else %}
        cast(null as timestamp) as last_event_at,
        {%- endif %}
        {%- if event %}
        min(
            {{ reporting_date(event) if is_moment else event }}
        ) filter (where not is_deleted) as first_event_date,
        {%- else %}
        cast(null as date) as first_event_date,
        {%- endif %}
        '{{ table_name }}' as table_name
    from {{ ref('stg_contract__' ~ table_name) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

first_service as (
    select min(service_start_date) as first_service_date
    from {{ ref('stg_contract__cost_ledger') }}
    where not is_deleted
),

clock as (
    select
        {%- if var('as_of') %}
        cast('{{ var("as_of") }}' as timestamp) as as_of,
        {%- else %}
        coalesce(
            max(last_loaded_at),
            max(last_event_at),
            cast('{{ var("earliest_plausible_date") }}' as timestamp)
        ) as as_of,
        {%- endif %}
        min(first_event_date) as first_event_date,
        min(first_event_date) filter (where table_name = 'orders') as first_order_date,
        min(first_event_date) filter (
            where table_name in ('web_events', 'web_sessions')
        ) as first_visit_date
    from moments
),

final as (
    select
        clock.as_of,
        {{ reporting_date('clock.as_of') }} as as_of_date,
        -- A cost may be spread over days before the first event; those days count too.
        coalesce(
            least(clock.first_event_date, first_service.first_service_date),
            clock.first_event_date
        ) as history_start_date,
        clock.first_order_date,
        clock.first_visit_date
    from clock
    cross join first_service
)

select * from final
