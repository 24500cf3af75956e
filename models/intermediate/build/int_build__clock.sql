-- Every raw table may set the clock, so this reads the list of the landing contract.
with moments as (
    {%- for table_name, contract in landing_contract().items() %}
    {%- set is_moment = contract.event and contract.columns[contract.event].type == 'timestamp' %}
    select
        max(loaded_at) as last_loaded_at,
        {%- if is_moment %}
        max({{ contract.event }}) as last_event_at
        {%- else %}
        cast(null as timestamp) as last_event_at
        {%- endif %}
    from {{ ref('stg_contract__' ~ table_name) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

clock as (
    select
        coalesce(
            {%- if var('as_of') %}
            cast('{{ var("as_of") }}' as timestamp),
            {%- endif %}
            max(last_loaded_at),
            max(last_event_at),
            cast('{{ var("earliest_plausible_date") }}' as timestamp)
        ) as as_of
    from moments
),

-- What is not known yet, or no more, begins no history.
first_dates as (
    {%- for table_name, contract in landing_contract().items()
        if contract.event or contract.also_dated_by %}
    select
        {%- set first_dates = [] %}
        {%- for date in ([contract.event] if contract.event else []) + contract.also_dated_by %}
        {%- set business_date = reporting_date(date)
            if contract.columns[date].type == 'timestamp' else date %}
        {%- do first_dates.append('min(' ~ business_date ~ ')') %}
        {%- endfor %}
        {{ earliest(*first_dates) }} as first_event_date,
        '{{ table_name }}' as table_name
    from {{ ref('stg_contract__' ~ table_name) }}
    cross join clock
    where {{ row_exclusion(contract.event or 'loaded_at') }} is null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

first_events as (
    select
        min(first_event_date) as first_event_date,
        min(first_event_date) filter (
            where table_name in ('web_events', 'web_sessions')
        ) as first_visit_date
    from first_dates
),

-- A test or a draft, years before the first sale, says nothing about who was a customer.
first_order as (
    select min({{ reporting_date('placed_at') }}) as first_order_date
    from {{ ref('stg_contract__orders') }}
    cross join clock
    where
        order_type = 'sale'
        and order_status not in ('draft', 'quote')
        and not is_test
        and {{ row_exclusion('placed_at') }} is null
),

first_service as (
    select min(service_start_date) as first_service_date
    from {{ ref('stg_contract__cost_ledger') }}
    cross join clock
    where {{ row_exclusion('incurred_on') }} is null
),

final as (
    select
        clock.as_of,
        {{ reporting_date('clock.as_of') }} as as_of_date,
        -- A cost may be spread over days before the first event; those days count too.
        coalesce(
            least(first_events.first_event_date, first_service.first_service_date),
            first_events.first_event_date
        ) as history_start_date,
        first_order.first_order_date,
        first_events.first_visit_date
    from clock
    cross join first_events
    cross join first_order
    cross join first_service
)

select * from final
