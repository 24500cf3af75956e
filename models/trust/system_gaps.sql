{%- set gaps = {
    'orders_without_lead': ['leads'],
    'won_deals_without_order': ['opportunities.order_id'],
    'orders_without_visit': [
        'web_events|web_sessions',
        'orders.session_id|orders.client_id|orders.contact_id|orders.email|web_events.order_id',
    ],
    'payments_without_order': ['payments.order_id'],
    'costs_without_channel': ['cost_ledger|ad_spend'],
} %}
with months as (
    select
        period_start as month_start,
        is_complete_period as is_complete_month
    from {{ ref('dim_periods') }}
    where period_grain = 'month'
),

gaps as (
    {%- for gap, needs in gaps.items() %}
    select
        '{{ gap }}' as gap,
        {{ is_delivered(needs) | indent(8) }} as is_source_delivered
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

orders as (
    select
        order_id,
        account_id,
        session_id,
        placed_at,
        order_date,
        order_value,
        is_valid_order
    from {{ ref('fct_orders') }}
    where is_eligible
),

leads as (
    select
        lead_id,
        account_id,
        lead_created_at
    from {{ ref('fct_leads') }}
    where is_eligible
),

deals as (
    select
        opportunity_id,
        lead_id,
        order_id,
        opportunity_status,
        closed_date,
        amount
    from {{ ref('fct_opportunities') }}
    where is_eligible
),

-- A payment of an order that does not count does not count either; one that names no order, or one
-- that nobody knows, is the gap.
payments as (
    select
        payment_id,
        paid_date,
        amount,
        is_eligible
    from {{ ref('fct_payments') }}
    where is_eligible or exclusion_reason = 'no_order'
),

costs as (
    select
        cost_date,
        marketing_channel,
        amount
    from {{ ref('fct_costs') }}
    where is_eligible and cost_scope in ({{ cost_scopes('marketing') }})
),

first_leads as (
    select
        account_id,
        min(lead_created_at) as first_lead_at
    from leads
    group by account_id
),

orders_of_leads as (
    select distinct deals.order_id
    from deals
    inner join leads on deals.lead_id = leads.lead_id
),

counted as (
    select
        'orders_without_lead' as gap,
        orders.order_date as event_date,
        orders.order_value as amount,
        coalesce(first_leads.first_lead_at <= orders.placed_at, false)
        or orders_of_leads.order_id is not null as is_linked
    from orders
    left join first_leads on orders.account_id = first_leads.account_id
    left join orders_of_leads on orders.order_id = orders_of_leads.order_id
    where orders.is_valid_order
    union all
    select
        'won_deals_without_order' as gap,
        deals.closed_date as event_date,
        deals.amount,
        orders.order_id is not null as is_linked
    from deals
    left join orders on deals.order_id = orders.order_id
    where deals.opportunity_status = 'won'
    union all
    select
        'orders_without_visit' as gap,
        orders.order_date as event_date,
        orders.order_value as amount,
        orders.session_id is not null as is_linked
    from orders
    where orders.is_valid_order
    union all
    select
        'payments_without_order' as gap,
        payments.paid_date as event_date,
        payments.amount,
        payments.is_eligible as is_linked
    from payments
    union all
    select
        'costs_without_channel' as gap,
        costs.cost_date as event_date,
        costs.amount,
        costs.marketing_channel != '(unallocated)' as is_linked
    from costs
),

monthly as (
    select
        gap,
        cast(date_trunc('month', event_date) as date) as month_start,
        count(*) as whole_rows,
        coalesce(sum(amount), 0) as whole_amount,
        count(*) filter (where is_linked) as linked_rows,
        coalesce(sum(amount) filter (where is_linked), 0) as linked_amount,
        count(*) filter (where not is_linked) as gap_rows,
        coalesce(sum(amount) filter (where not is_linked), 0) as gap_amount
    from counted
    group by gap, cast(date_trunc('month', event_date) as date)
),

final as (
    select
        gaps.gap,
        months.month_start,
        {%- for side in ['whole', 'linked', 'gap'] %}
        cast(
            case when gaps.is_source_delivered then coalesce(monthly.{{ side }}_rows, 0) end as bigint
        ) as {{ side }}_rows,
        cast(
            case when gaps.is_source_delivered then coalesce(monthly.{{ side }}_amount, 0) end
            as decimal(18, 4)
        ) as {{ side }}_amount,
        {%- endfor %}
        case
            when gaps.is_source_delivered
                then {{ safe_ratio('monthly.gap_rows', 'monthly.whole_rows') }}
        end as gap_rate,
        case
            when not gaps.is_source_delivered then 'missing_source'
            when monthly.whole_rows is null then 'no_activity'
            else 'ok'
        end as gap_status,
        months.is_complete_month
    from gaps
    cross join months
    left join monthly
        on
            gaps.gap = monthly.gap
            and months.month_start = monthly.month_start
)

select * from final
