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

rates as (
    select
        currency_code,
        rate_date,
        rate
    from {{ ref('int_fx__daily_rates') }}
),

judged as (
    select
        opportunities.*,
        {{ row_exclusion('opportunities.created_at', 'opportunities') }} as exclusion_reason,
        coalesce(
            opportunities.opportunity_status != 'open' and opportunities.closed_at <= clock.as_of,
            false
        ) as is_closed
    from opportunities
    cross join clock
),

-- An amount has the rate of the close; while the deal is open, of its creation.
dated as (
    select
        *,
        {{ reporting_date('case when is_closed then closed_at else created_at end') }} as rate_date
    from judged
),

rated as (
    select
        dated.*,
        case
            when dated.currency_code = '{{ var("reporting_currency") }}' then 1
            else rates.rate
        end as fx_rate
    from dated
    left join rates
        on
            dated.currency_code = rates.currency_code
            and dated.rate_date = rates.rate_date
),

final as (
    select
        rated.opportunity_id,
        rated.created_at,
        rated.opportunity_status,
        rated.closed_at,
        rated.is_closed,
        rated.company_id,
        rated.contact_id,
        rated.lead_id,
        rated.order_id,
        rated.amount,
        rated.currency_code,
        cast(rated.fx_rate as decimal(18, 8)) as fx_rate,
        rated.sales_rep_id,
        rated.loss_reason,
        rated.exclusion_reason,
        'opportunities' as table_name,
        rated.source_name,
        rated.row_hash,
        case
            when rated.created_at < leads.lead_created_at then 'event_before_lead'
            -- A row that does not count, has no amount or is still open needs no rate.
            when
                rated.exclusion_reason is null
                and rated.is_closed
                and rated.amount is not null
                and rated.fx_rate is null
                then 'fx_missing'
        end as reject_reason,
        rated.opportunity_id as row_key
    from rated
    left join leads on rated.lead_id = leads.lead_id
)

select * from final
