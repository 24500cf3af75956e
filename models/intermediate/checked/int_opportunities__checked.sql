with opportunities as (
    select
        opportunity_id,
        created_at,
        opportunity_status,
        closed_at,
        company_id,
        contact_id,
        lead_id,
        order_id,
        amount,
        currency_code,
        sales_rep_id,
        loss_reason,
        source_name,
        loaded_at,
        is_deleted,
        row_hash
    from {{ ref('stg_contract__opportunities') }}
),

leads as (
    select lead_id, coalesce(first_seen_at, created_at) as lead_created_at
    from {{ ref('stg_contract__leads') }}
),

clock as (
    select as_of
    from {{ ref('int_build__clock') }}
),

final as (
    select
        opportunities.opportunity_id,
        opportunities.created_at,
        opportunities.opportunity_status,
        opportunities.closed_at,
        opportunities.company_id,
        opportunities.contact_id,
        opportunities.lead_id,
        opportunities.order_id,
        opportunities.amount,
        opportunities.currency_code,
        opportunities.sales_rep_id,
        opportunities.loss_reason,
        {{ row_exclusion('opportunities.created_at', 'opportunities') }} as exclusion_reason,
        'opportunities' as table_name,
        opportunities.source_name,
        opportunities.row_hash,
        case
            when opportunities.created_at < leads.lead_created_at then 'event_before_lead'
        end as reject_reason,
        opportunities.opportunity_id as row_key
    from opportunities
    cross join clock
    left join leads on opportunities.lead_id = leads.lead_id
)

select * from final
