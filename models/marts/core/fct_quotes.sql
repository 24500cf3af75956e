{%- set unknown = "'(unknown)'" %}
with quotes as (
    select
        quote_id,
        source_name,
        account_id,
        contact_id,
        lead_id,
        order_id,
        requested_at,
        requested_date,
        sent_at,
        accepted_at,
        rejected_at,
        expired_at,
        ordered_at,
        amount_local,
        currency_code,
        exclusion_reason,
        -- Who jumps to a later step has passed the steps before it, in that moment at the latest.
        {{ earliest('accepted_at', 'ordered_at') }} as passed_accepted_at,
        {{ earliest('sent_at', 'accepted_at', 'ordered_at') }} as passed_sent_at
    from {{ ref('int_quotes__resolved') }}
),

accounts as (
    select
        account_id,
        valid_from_date,
        valid_to_date,
        industry,
        sales_rep
    from {{ ref('dim_accounts') }}
),

leads as (
    select
        lead_id,
        lead_source,
        sales_rep
    from {{ ref('fct_leads') }}
),

rates as (
    select
        currency_code,
        rate_date,
        rate
    from {{ ref('int_fx__daily_rates') }}
),

final as (
    select
        quotes.quote_id,
        quotes.source_name,
        quotes.account_id,
        quotes.contact_id,
        quotes.lead_id,
        quotes.order_id,
        quotes.requested_at,
        quotes.requested_date,
        quotes.passed_sent_at,
        quotes.passed_accepted_at,
        quotes.ordered_at,
        -- Hours of a step only where it and the step before are recorded: a jump took no time.
        case
            when quotes.passed_sent_at = quotes.sent_at
                then {{ hours_between('quotes.requested_at', 'quotes.sent_at') }}
        end as hours_to_sent,
        case
            when
                quotes.passed_sent_at = quotes.sent_at
                and quotes.passed_accepted_at = quotes.accepted_at
                then {{ hours_between('quotes.sent_at', 'quotes.accepted_at') }}
        end as hours_to_accepted,
        case
            when quotes.passed_accepted_at = quotes.accepted_at
                then {{ hours_between('quotes.accepted_at', 'quotes.ordered_at') }}
        end as hours_to_order,
        case
            when quotes.ordered_at is not null then 'ordered'
            when quotes.accepted_at is not null then 'accepted'
            when quotes.rejected_at is not null then 'rejected'
            when quotes.expired_at is not null then 'expired'
            when quotes.sent_at is not null then 'sent'
            else 'requested'
        end as quote_status,
        case
            when quotes.currency_code = '{{ var("reporting_currency") }}' then quotes.amount_local
            else {{ money_multiply('quotes.amount_local', 'rates.rate') }}
        end as amount,
        quotes.amount_local,
        quotes.currency_code,
        case
            when quotes.account_id is null then '(no account)'
            else coalesce(accounts.industry, {{ unknown }})
        end as industry,
        coalesce(nullif(accounts.sales_rep, {{ unknown }}), leads.sales_rep, {{ unknown }})
            as sales_rep,
        coalesce(leads.lead_source, {{ unknown }}) as lead_source,
        quotes.exclusion_reason is null as is_eligible,
        quotes.exclusion_reason
    from quotes
    left join accounts
        on
            quotes.account_id = accounts.account_id
            and quotes.requested_date >= accounts.valid_from_date
            and quotes.requested_date < accounts.valid_to_date
    left join leads
        on quotes.lead_id = leads.lead_id
    left join rates
        on
            quotes.currency_code = rates.currency_code
            and quotes.requested_date = rates.rate_date
)

select * from final
