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
-- that its account had by then, as an order may; once the account is a customer, from none.
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
    left join first_orders
        on leads.account_id = first_orders.account_id
    where
        first_orders.account_id is null
        or opportunities.opportunity_created_date <= first_orders.first_order_date
),

deals as (
    select
        lead_id,
        min(opportunity_created_at) as opportunity_created_at,
        min(opportunity_created_date) as opportunity_created_date,
        min(won_at) filter (where won_at >= lead_created_at) as deal_won_at,
        min(won_date) filter (where won_at >= lead_created_at) as won_date
    from lead_opportunities
    where opportunity_created_at >= lead_created_at
    group by lead_id
),

stages as (
    select
        lead_id,
        mql_entered_at,
        sal_entered_at,
        sql_entered_at,
        opportunity_entered_at,
        customer_entered_at,
        rejected_entered_at,
        mql_responded_at,
        mql_given_back_as,
        current_stage
    from {{ ref('int_leads__stages') }}
),

scores as (
    select
        lead_id,
        score,
        score_version,
        score_band,
        is_qualified,
        is_fit,
        criteria_seen,
        criteria_expected
    from {{ ref('int_leads__scored') }}
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
        deals.opportunity_created_at,
        deals.opportunity_created_date,
        deals.deal_won_at,
        deals.won_date,
        case
            when first_orders.first_order_at >= leads.lead_created_at
                then first_orders.first_order_id
        end as first_order_id,
        case
            when first_orders.first_order_at >= leads.lead_created_at
                then first_orders.first_order_at
        end as first_order_at,
        case
            when first_orders.first_order_at >= leads.lead_created_at
                then first_orders.first_order_date
        end as first_order_date,
        case
            when first_payments.first_payment_at >= leads.lead_created_at
                then first_payments.first_payment_date
        end as first_payment_date,
        stages.mql_entered_at,
        stages.sal_entered_at,
        stages.sql_entered_at,
        stages.opportunity_entered_at,
        stages.customer_entered_at,
        stages.rejected_entered_at,
        stages.mql_responded_at,
        stages.mql_given_back_as,
        stages.current_stage,
        scores.score,
        scores.score_version,
        scores.score_band,
        scores.is_qualified,
        scores.is_fit,
        scores.criteria_seen,
        scores.criteria_expected
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
    left join stages on leads.surviving_lead_id = stages.lead_id
    left join scores on leads.surviving_lead_id = scores.lead_id
),

-- Who jumps to a later step has passed the steps before it, in that moment at the latest.
recorded as (
    select
        *,
        {{ earliest('opportunity_entered_at', 'opportunity_created_at') }}
            as recorded_opportunity_at,
        {{ earliest('customer_entered_at', 'deal_won_at') }} as recorded_won_at,
        {{ earliest('customer_entered_at', 'first_order_at') }} as customer_at
    from joined
),

passed_won as (
    select
        *,
        {{ earliest('recorded_won_at', 'first_order_at') }} as won_at
    from recorded
),

passed_opportunity as (
    select
        *,
        {{ earliest('recorded_opportunity_at', 'won_at') }} as opportunity_at
    from passed_won
),

passed_sql as (
    select
        *,
        {{ earliest('sql_entered_at', 'opportunity_at') }} as sql_at
    from passed_opportunity
),

passed_mql as (
    select
        *,
        {{ earliest('mql_entered_at', 'sal_entered_at', 'sql_at') }} as mql_at
    from passed_sql
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
            as age_days,
        joined.mql_at,
        {{ reporting_date('joined.mql_at') }} as mql_date,
        joined.mql_entered_at is not null as has_recorded_mql,
        coalesce(joined.mql_at != joined.mql_entered_at, joined.mql_at is not null)
            as is_mql_imputed,
        joined.sql_at,
        {{ reporting_date('joined.sql_at') }} as sql_date,
        joined.opportunity_at,
        joined.won_at,
        joined.customer_at,
        {{ reporting_date('joined.customer_at') }} as customer_date,
        joined.first_order_at,
        -- Hours of a step only where it and the step before are recorded: a jump took no time.
        {%- for name, moment, recorded_at, moment_before, recorded_before in [
            ('mql', 'mql_at', 'mql_entered_at', 'lead_created_at', 'lead_created_at'),
            ('sql', 'sql_at', 'sql_entered_at', 'mql_at', 'mql_entered_at'),
            ('opportunity', 'opportunity_at', 'recorded_opportunity_at', 'sql_at',
                'sql_entered_at'),
            ('won', 'won_at', 'recorded_won_at', 'opportunity_at', 'recorded_opportunity_at'),
            ('order', 'first_order_at', 'first_order_at', 'won_at', 'recorded_won_at'),
        ] %}
        case
            when
                joined.{{ moment }} = joined.{{ recorded_at }}
                and joined.{{ moment_before }} = joined.{{ recorded_before }}
                then {{ hours_between('joined.' ~ moment_before, 'joined.' ~ moment) }}
        end as hours_to_{{ name }},
        {%- endfor %}
        {{ hours_between('joined.mql_entered_at', 'joined.mql_responded_at') }}
            as mql_response_hours,
        case
            when joined.mql_at is null then null
            when joined.sql_at is not null then 'sql'
            when joined.mql_given_back_as = 'recycled' then 'recycled'
            when joined.mql_given_back_as is not null then 'rejected'
            else 'open'
        end as mql_outcome,
        case
            when
                coalesce(
                    joined.sal_entered_at, joined.sql_entered_at, joined.opportunity_entered_at
                ) is not null
                then 'accepted'
            when joined.rejected_entered_at is not null then 'rejected'
        end as sales_verdict,
        coalesce(joined.current_stage, 'lead') as current_stage,
        joined.score,
        coalesce(joined.score_version, {{ unknown }}) as score_version,
        coalesce(joined.score_band, {{ unknown }}) as score_band,
        joined.is_qualified,
        joined.is_fit,
        joined.criteria_seen,
        joined.criteria_expected
    from passed_mql as joined
    cross join clock
)

select * from final
