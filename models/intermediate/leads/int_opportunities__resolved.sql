{{ config(
    materialized=table_or_increments(),
    incremental_strategy='replace_differences',
    unique_key='opportunity_id',
    meta={'changes_of': 'account_id', 'event_time': 'opportunity_created_date'},
    post_hook='{{ remember_whole_build() }}'
) }}
with opportunities as (
    select
        opportunity_id,
        created_at,
        source_name,
        case when is_closed then opportunity_status else 'open' end as opportunity_status,
        case when is_closed then closed_at end as closed_at,
        company_id,
        contact_id,
        lead_id,
        order_id,
        sales_rep_id,
        loss_reason,
        currency_code,
        amount as amount_local,
        {{ money_multiply('amount', 'fx_rate') }} as amount,
        exclusion_reason
    from {{ ref('int_opportunities__checked') }}
    where reject_reason is null
),

companies as (
    select
        company_id,
        account_id
    from {{ ref('int_identity__companies') }}
),

contacts as (
    select
        contact_id,
        account_id
    from {{ ref('int_identity__contacts') }}
),

leads as (
    select
        lead_id,
        surviving_lead_id,
        account_id
    from {{ ref('int_leads__resolved') }}
),

orders as (
    select
        order_id,
        account_id
    from {{ ref('int_orders__resolved') }}
),

internal_accounts as (
    {{ internal_accounts() | indent(4) }}
),

identified as (
    select
        opportunities.opportunity_id,
        opportunities.created_at as opportunity_created_at,
        opportunities.exclusion_reason as row_exclusion,
        leads.surviving_lead_id as lead_id,
        opportunities.source_name,
        opportunities.opportunity_status,
        opportunities.closed_at,
        case when opportunities.opportunity_status = 'won' then opportunities.closed_at end
            as won_at,
        opportunities.order_id,
        opportunities.sales_rep_id,
        opportunities.loss_reason,
        opportunities.currency_code,
        opportunities.amount_local,
        opportunities.amount,
        coalesce(
            companies.account_id,
            opportunities.company_id,
            contacts.account_id,
            leads.account_id,
            orders.account_id
        ) as account_id
    from opportunities
    left join companies
        on opportunities.company_id = companies.company_id
    left join contacts
        on opportunities.contact_id = contacts.contact_id
    left join leads
        on opportunities.lead_id = leads.lead_id
    left join orders
        on opportunities.order_id = orders.order_id
),

judged as (
    select
        identified.*,
        coalesce(
            identified.row_exclusion,
            case when internal_accounts.account_id is not null then 'internal_account' end
        ) as exclusion_reason
    from identified
    left join internal_accounts
        on identified.account_id = internal_accounts.account_id
),

final as (
    select
        opportunity_id,
        source_name,
        account_id,
        lead_id,
        order_id,
        opportunity_created_at,
        {{ reporting_date('opportunity_created_at') }} as opportunity_created_date,
        opportunity_status,
        closed_at,
        {{ reporting_date('closed_at') }} as closed_date,
        won_at,
        {{ reporting_date('won_at') }} as won_date,
        sales_rep_id,
        loss_reason,
        currency_code,
        amount_local,
        amount,
        exclusion_reason is null as is_eligible,
        exclusion_reason
    from judged
)

select * from final
