{%- set unknown = "'(unknown)'" %}
with clock as (
    select as_of_date
    from {{ ref('int_build__clock') }}
),

leads as (
    select
        lead_id,
        surviving_lead_id,
        is_merged,
        account_id,
        contact_id,
        visitor_id,
        record_created_at,
        record_created_date,
        lead_created_at,
        lead_created_date,
        lead_type,
        is_strict,
        is_eligible,
        exclusion_reason
    from {{ ref('int_leads__resolved') }}
),

members as (
    select
        lead_id,
        source_name,
        lead_source,
        marketing_channel,
        campaign,
        industry,
        country,
        sales_rep,
        has_reachable_contact
    from {{ ref('int_leads__members') }}
),

campaigns as (
    select
        campaign,
        program,
        initiative,
        tactic
    from {{ ref('int_campaigns__named') }}
),

accounts as (
    select
        account_id,
        valid_from_date,
        valid_to_date,
        industry,
        country,
        account_size_band
    from {{ ref('dim_accounts') }}
),

first_orders as (
    select
        account_id,
        first_order_id,
        first_order_at,
        first_order_date
    from {{ ref('int_accounts__first_orders') }}
),

first_payments as (
    select
        orders.account_id,
        min(payments.paid_at) as first_payment_at,
        min(payments.paid_date) as first_payment_date
    from {{ ref('fct_payments') }} as payments
    inner join {{ ref('fct_orders') }} as orders
        on payments.order_id = orders.order_id
    where payments.is_eligible and payments.amount_local > 0 and orders.is_valid_order
    group by orders.account_id
),

first_touches as (
    select
        account_id,
        min(touched_at) as first_touch_at
    from {{ ref('int_touches__unioned') }}
    where account_id is not null
    group by account_id
),

opportunities as (
    select
        lead_id,
        account_id,
        opportunity_created_at,
        opportunity_created_date,
        won_at,
        won_date
    from {{ ref('int_opportunities__resolved') }}
    where is_eligible
),

-- A deal that names a lead is that lead's alone. One that names none may have come from each lead
-- that its account had by then, as an order may.
lead_opportunities as (
    select
        leads.lead_id,
        leads.lead_created_at,
        opportunities.opportunity_created_at,
        opportunities.opportunity_created_date,
        opportunities.won_at,
        opportunities.won_date
    from leads
    inner join opportunities
        on leads.lead_id = opportunities.lead_id
    union all
    select
        leads.lead_id,
        leads.lead_created_at,
        opportunities.opportunity_created_at,
        opportunities.opportunity_created_date,
        opportunities.won_at,
        opportunities.won_date
    from leads
    inner join opportunities
        on leads.account_id = opportunities.account_id and opportunities.lead_id is null
),

deals as (
    select
        lead_id,
        min(opportunity_created_date) as opportunity_created_date,
        min(won_date) filter (where won_at >= lead_created_at) as won_date
    from lead_opportunities
    where opportunity_created_at >= lead_created_at
    group by lead_id
),

joined as (
    select
        leads.*,
        members.source_name,
        members.lead_source,
        members.marketing_channel,
        members.campaign,
        campaigns.program,
        campaigns.initiative,
        campaigns.tactic,
        coalesce(members.industry, accounts.industry) as industry,
        coalesce(members.country, accounts.country) as country,
        accounts.account_size_band,
        members.sales_rep,
        members.has_reachable_contact,
        coalesce(first_orders.first_order_at < leads.lead_created_at, false) as is_from_customer,
        case
            when
                first_touches.first_touch_at <= first_orders.first_order_at
                or first_orders.account_id is null
                then {{ reporting_date('first_touches.first_touch_at') }}
        end as first_touch_date,
        deals.opportunity_created_date,
        deals.won_date,
        case
            when first_orders.first_order_at >= leads.lead_created_at
                then first_orders.first_order_id
        end as first_order_id,
        case
            when first_orders.first_order_at >= leads.lead_created_at
                then first_orders.first_order_date
        end as first_order_date,
        case
            when first_payments.first_payment_at >= leads.lead_created_at
                then first_payments.first_payment_date
        end as first_payment_date
    from leads
    left join members on leads.lead_id = members.lead_id
    left join campaigns on members.campaign = campaigns.campaign
    left join accounts
        on
            leads.account_id = accounts.account_id
            and leads.lead_created_date >= accounts.valid_from_date
            and leads.lead_created_date < accounts.valid_to_date
    left join first_orders on leads.account_id = first_orders.account_id
    left join first_payments on leads.account_id = first_payments.account_id
    left join first_touches on leads.account_id = first_touches.account_id
    left join deals on leads.surviving_lead_id = deals.lead_id
),

final as (
    select
        joined.lead_id,
        joined.source_name,
        joined.surviving_lead_id,
        joined.is_merged,
        joined.account_id,
        joined.contact_id,
        joined.visitor_id,
        joined.record_created_at,
        joined.record_created_date,
        joined.lead_created_at,
        joined.lead_created_date,
        joined.lead_type,
        joined.is_strict,
        joined.is_eligible,
        joined.exclusion_reason,
        joined.is_from_customer,
        coalesce(joined.has_reachable_contact, false) as has_reachable_contact,
        {%- for name in [
            'lead_source', 'marketing_channel', 'campaign', 'program', 'initiative', 'tactic',
            'industry', 'country', 'account_size_band', 'sales_rep',
        ] %}
        coalesce(joined.{{ name }}, {{ unknown }}) as {{ name }},
        {%- endfor %}
        joined.first_touch_date,
        joined.opportunity_created_date,
        joined.won_date,
        joined.first_order_id,
        joined.first_order_date,
        joined.first_payment_date,
        {%- for name, event_date in [
            ('days_to_won', 'joined.won_date'),
            ('days_to_order', 'joined.first_order_date'),
            ('days_to_payment', 'joined.first_payment_date'),
        ] %}
        cast({{ days_between('joined.lead_created_date', event_date) }} as integer) as {{ name }},
        {%- endfor %}
        cast({{ days_between('joined.lead_created_date', 'clock.as_of_date') }} as integer)
            as age_days
    from joined
    cross join clock
)

select * from final
