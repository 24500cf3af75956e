-- Leads after merges, and the deals that name them.
create temp table lead_records as
select
    lead_id, merged_into_lead_id, coalesce(first_seen_at, created_at) as created_at, loaded_at,
    case when is_address(email) then email end as email,
    not counts(is_deleted, coalesce(first_seen_at, created_at)) as is_out,
    is_spam, lead_type, client_id, contact_id, company_id
from stg.leads;

create temp table lead_merges as
select records.lead_id as from_id, records.merged_into_lead_id as to_id
from lead_records as records
left join lead_records as survivors on records.merged_into_lead_id = survivors.lead_id
where
    records.merged_into_lead_id is not null and records.created_at <= getvariable('as_of')
    and (survivors.lead_id is null or survivors.created_at <= getvariable('as_of'));

create temp table good_lead_merges as
from lead_merges
where
    to_id in (select lead_id from lead_records)
    and from_id not in (select from_id from reached('lead_merges') where from_id = to_id);

-- What the surviving record does not say, the records that went up in it may, the oldest first.
create table leads as
with identified as (
    select
        records.lead_id,
        coalesce(ends.to_id, records.lead_id) as surviving_lead_id,
        ends.to_id is not null as is_merged,
        records.created_at as record_created_at,
        records.lead_type, records.is_spam, records.is_out,
        coalesce(
            contacts.surviving_contact_id, records.contact_id, emails.contact_id,
            visitors.contact_id
        ) as contact_id,
        coalesce(visitors.visitor_id, records.client_id) as visitor_id,
        coalesce(
            companies.account_id, records.company_id, contacts.account_id, emails.account_id,
            visitors.account_id
        ) as account_id
    from lead_records as records
    left join companies on records.company_id = companies.company_id
    left join contacts on records.contact_id = contacts.contact_id
    left join emails on coalesce(records.email, contacts.email) = emails.email
    left join visitors on records.client_id = visitors.client_id
    left join chain_ends('good_lead_merges') as ends on records.lead_id = ends.from_id
),

pooled as (
    select
        * exclude (account_id, contact_id, visitor_id, lead_type),
        coalesce(min(record_created_at) filter (not is_spam) over same, record_created_at)
            as created_at,
        coalesce(
            first_value(account_id) over (
                partition by surviving_lead_id
                order by is_spam, account_id is null, is_merged, record_created_at, lead_id
            ), 'lead:' || surviving_lead_id
        ) as account_id,
        first_value(contact_id) over (
            partition by surviving_lead_id
            order by is_spam, contact_id is null, is_merged, record_created_at, lead_id
        ) as contact_id,
        first_value(visitor_id) over (
            partition by surviving_lead_id
            order by is_spam, visitor_id is null, is_merged, record_created_at, lead_id
        ) as visitor_id,
        first_value(lead_type) over (
            partition by surviving_lead_id
            order by
                is_spam, lead_type not in ('form', 'quote', 'demo', 'account_request'),
                is_merged, record_created_at, lead_id
        ) as lead_type
    from identified
    window same as (partition by surviving_lead_id)
)

select
    pooled.*,
    cast(pooled.created_at as date) as day,
    pooled.lead_type in ('form', 'quote', 'demo', 'account_request') as is_strict,
    case
        when pooled.is_merged and not pooled.is_spam then 'merged'
        when pooled.is_out then 'out'
        when pooled.is_spam then 'spam'
        when internal.account_id is not null then 'internal'
    end as exclusion,
    exclusion is null as is_eligible
from pooled
left join internal_accounts as internal on pooled.account_id = internal.account_id;

create table deals as
with rated as (
    select
        deals.*,
        deals.opportunity_status != 'open' and deals.closed_at <= getvariable('as_of') as closed,
        coalesce(closed, false) as is_closed,
        cast(case when is_closed then deals.closed_at else deals.created_at end as date)
            as rate_date
    from stg.opportunities as deals
    where counts(deals.is_deleted, deals.created_at)
)

select
    rated.opportunity_id,
    rated.created_at,
    cast(rated.created_at as date) as created_date,
    case when rated.is_closed then rated.opportunity_status else 'open' end as status,
    case when rated.is_closed then cast(rated.closed_at as date) end as closed_date,
    case when rated.is_closed and rated.opportunity_status = 'won' then rated.closed_at end
        as won_at,
    leads.surviving_lead_id as lead_id,
    rated.sales_rep_id,
    times(rated.amount, case when rated.currency_code = 'EUR' then 1 else fx_rates.rate end)
        as amount,
    coalesce(
        companies.account_id, rated.company_id, contacts.account_id, leads.account_id,
        orders.account_id
    ) as account_id
from rated
left join fx_rates
    on rated.currency_code = fx_rates.currency_code and rated.rate_date = fx_rates.rate_date
left join companies on rated.company_id = companies.company_id
left join contacts on rated.contact_id = contacts.contact_id
left join lead_records on rated.lead_id = lead_records.lead_id
left join leads on rated.lead_id = leads.lead_id
left join order_rows as orders on rated.order_id = orders.order_id
where
    coalesce(rated.created_at >= lead_records.created_at, true)
    and (
        not rated.is_closed or rated.amount is null or rated.currency_code = 'EUR'
        or fx_rates.rate is not null
    );

delete from deals where account_id in (from internal_accounts);
