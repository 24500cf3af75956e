-- Leads with their members, stages, scores, deals and orders; payments and quotes.
create table payments as
with totals as (
    select
        lines.order_id,
        sum(lines.net) filter (not lines.is_gift_card) as goods,
        sum(lines.net + lines.tax) + any_value(orders.shipping_amount) as total
    from lines
    inner join order_rows as orders on lines.order_id = orders.order_id
    group by lines.order_id
)

select
    payments.order_id, payments.paid_at, cast(payments.paid_at as date) as paid_date,
    payments.amount as amount_local,
    coalesce(share_of(
        times(
            payments.amount, case when payments.currency_code = 'EUR' then 1 else fx_rates.rate end
        ),
        coalesce(totals.goods, 0), totals.total
    ), 0) as net_sales_paid
from stg.payments as payments
left join fx_rates
    on payments.currency_code = fx_rates.currency_code
    and cast(payments.paid_at as date) = fx_rates.rate_date
inner join order_rows as orders on payments.order_id = orders.order_id and orders.is_in_revenue
left join totals on payments.order_id = totals.order_id
where
    counts(payments.is_deleted, payments.paid_at) and payments.payment_status = 'succeeded'
    and (payments.currency_code = 'EUR' or fx_rates.rate is not null);

create temp table stage_entries as
with entries as (
    select
        history.lead_id, coalesce(own.stage, common.stage) as stage, history.entered_at
    from stg.lead_stage_history as history
    left join config.stage_rules as own
        on history.source_name = own.source_name and lower(history.stage) = own.source_stage
    left join config.stage_rules as common
        on common.source_name = '*' and lower(history.stage) = common.source_stage
    left join lead_records as records on history.lead_id = records.lead_id
    where
        counts(history.is_deleted, history.entered_at)
        and coalesce(own.stage, common.stage) is not null
        and coalesce(history.entered_at >= records.created_at, true)
)

select
    leads.surviving_lead_id as lead_id, entries.stage, entries.entered_at,
    cast(entries.entered_at as date) as day,
    row_number() over (
        partition by leads.surviving_lead_id, entries.stage order by entries.entered_at
    ) > 1 and entries.stage != 'lead' as is_reentry,
    list_position([
        'lead', 'mql', 'sal', 'sql', 'opportunity', 'customer', 'rejected', 'recycled',
        'disqualified'
    ], entries.stage) as stage_rank
from entries
inner join leads on entries.lead_id = leads.lead_id
inner join leads as survivors on leads.surviving_lead_id = survivors.lead_id
where coalesce(leads.exclusion, 'merged') = 'merged' and survivors.is_eligible;

create temp table stages as
with firsts as (
    select
        lead_id,
        min(entered_at) filter (stage = 'mql') as mql_at,
        min(entered_at) filter (stage = 'sal') as sal_at,
        min(entered_at) filter (stage = 'sql') as sql_at,
        min(entered_at) filter (stage = 'opportunity') as opportunity_at,
        min(entered_at) filter (stage = 'customer') as customer_at,
        min(entered_at) filter (stage = 'rejected') as rejected_at,
        arg_max(stage, (entered_at, stage_rank)) as current_stage
    from stage_entries
    group by lead_id
)

select
    firsts.*,
    min(entries.entered_at) filter (entries.stage in (
        'sal', 'sql', 'opportunity', 'rejected', 'recycled', 'disqualified'
    ) and entries.entered_at >= firsts.mql_at) as responded_at,
    arg_max(entries.stage, (entries.entered_at, entries.stage_rank)) filter (
        entries.stage in ('rejected', 'recycled', 'disqualified')
    ) as given_back_as
from firsts
left join stage_entries as entries
    on firsts.lead_id = entries.lead_id
    and entries.entered_at >= least(firsts.mql_at, firsts.sal_at)
group by all;

create temp table scores as
with windows as (
    select lead_id, surviving_lead_id, day, day + 7 as until
    from leads
    where not (is_merged and coalesce(exclusion, '') = 'spam')
),

delivered as (
    select windows.surviving_lead_id as lead_id, scores.score, scores.score_version
    from stg.lead_scores as scores
    inner join windows
        on scores.lead_id = windows.lead_id and cast(scores.scored_at as date) <= windows.until
    where counts(scores.is_deleted, scores.scored_at)
    qualify row_number() over (
        partition by windows.surviving_lead_id
        order by scores.scored_at desc, scores.score_version desc nulls last, scores.lead_id
    ) = 1
),

criteria as (
    select score_version, criterion, kind, weight,
        coalesce(cast(valid_from as date), date '0001-01-01') as valid_from
    from config.lead_score_criteria
),

versions as (
    select
        score_version, min(valid_from) as valid_from,
        coalesce(lead(min(valid_from)) over (order by min(valid_from)), date '9999-12-31')
            as valid_to,
        count(*) as expected,
        sum(weight) filter (kind = 'fit') as fit
    from criteria
    group by score_version
),

observed as (
    select windows.surviving_lead_id as lead_id, windows.day, seen.criterion, seen.is_met
    from stg.lead_criteria as seen
    inner join windows
        on seen.lead_id = windows.lead_id and cast(seen.observed_at as date) <= windows.until
    where counts(seen.is_deleted, seen.observed_at)
    qualify row_number() over (
        partition by windows.surviving_lead_id, seen.criterion
        order by seen.observed_at desc, seen.lead_id
    ) = 1
),

summed as (
    select
        observed.lead_id, versions.score_version, versions.expected, versions.fit,
        count(*) as seen,
        sum(case when observed.is_met then criteria.weight else 0 end) as score,
        sum(case when observed.is_met and criteria.kind = 'fit' then criteria.weight else 0 end)
            as fit_met
    from observed
    inner join versions
        on observed.day >= versions.valid_from and observed.day < versions.valid_to
    inner join criteria
        on versions.score_version = criteria.score_version
        and observed.criterion = criteria.criterion
    group by observed.lead_id, versions.score_version, versions.expected, versions.fit
)

select
    coalesce(delivered.lead_id, summed.lead_id) as lead_id,
    cast(coalesce(delivered.score, summed.score) as decimal(18, 4)) as score,
    case when delivered.lead_id is not null then delivered.score_version
        else summed.score_version end as score_version,
    summed.fit_met * 2 >= nullif(summed.fit, 0) as is_fit,
    summed.seen as criteria_seen, summed.expected as criteria_expected
from delivered
full join summed on delivered.lead_id = summed.lead_id;

create macro is_phone(text) as coalesce(
    regexp_matches(trim(text), '^[+]?[0-9 ()./x-]+$')
    and length(regexp_replace(text, '[^0-9]', '', 'g')) >= 7, false
);

create temp view tagged_leads as
select
    coalesce(lower(utm_source), '(not set)') as source,
    coalesce(lower(utm_medium), '(not set)') as medium, utm_campaign as campaign
from stg.leads
where coalesce(utm_source, utm_medium, utm_campaign) is not null;

create temp table lead_members as
with own as (
    select
        records.lead_id, leads.surviving_lead_id, leads.is_merged, leads.record_created_at,
        records.is_spam, records.lead_source,
        coalesce(
            given.marketing_channel, tagged.marketing_channel, campaigns.marketing_channel
        ) as marketing_channel,
        coalesce(records.campaign, records.utm_campaign) as campaign,
        records.industry, records.country_code as country, records.sales_rep_id as sales_rep,
        coalesce(is_address(records.email), false) or is_phone(records.phone)
        or coalesce(is_address(stored.email), false) or is_phone(stored.phone) as is_reachable
    from stg.leads as records
    inner join leads on records.lead_id = leads.lead_id
    left join stg.contacts as stored
        on records.contact_id = stored.contact_id and not stored.is_deleted
    left join named_channels('stg.leads') as given
        on records.marketing_channel = given.given_channel
    left join channels_of('tagged_leads') as tagged
        on coalesce(records.utm_source, records.utm_medium, records.utm_campaign) is not null
        and coalesce(lower(records.utm_source), '(not set)') = tagged.source
        and coalesce(lower(records.utm_medium), '(not set)') = tagged.medium
        and records.utm_campaign is not distinct from tagged.campaign
    left join campaigns
        on coalesce(records.campaign, records.utm_campaign) = campaigns.campaign
)

select
    surviving_lead_id as lead_id,
    arg_min(lead_source, (is_spam, is_merged, record_created_at, lead_id)) as lead_source,
    arg_min(marketing_channel, (is_spam, is_merged, record_created_at, lead_id))
        as marketing_channel,
    arg_min(campaign, (is_spam, is_merged, record_created_at, lead_id)) as campaign,
    arg_min(industry, (is_spam, is_merged, record_created_at, lead_id)) as industry,
    arg_min(country, (is_spam, is_merged, record_created_at, lead_id)) as country,
    arg_min(sales_rep, (is_spam, is_merged, record_created_at, lead_id)) as sales_rep,
    bool_or(is_reachable) as is_reachable
from own
group by surviving_lead_id;

-- A deal that names a lead is that lead's alone; another may come from each lead of its account.
create temp table lead_deals as
with paired as (
    select leads.surviving_lead_id as lead_id, leads.created_at as lead_at, deals.*
    from leads
    inner join deals on leads.lead_id = deals.lead_id
    union all
    select leads.lead_id, leads.created_at, deals.*
    from leads
    inner join deals on leads.account_id = deals.account_id and deals.lead_id is null
    left join customers on leads.account_id = customers.account_id
    where
        customers.account_id is null or deals.created_date <= customers.first_order_date
)

select
    lead_id, min(created_at) as created_at, min(created_date) as created_date,
    min(won_at) filter (won_at >= lead_at) as won_at
from paired
where created_at >= lead_at
group by lead_id;

create macro hours(first, second) as cast(date_diff('second', first, second) as double) / 3600;

create table lead_facts as
with payers as (
    select orders.account_id, min(payments.paid_at) as first_paid_at
    from payments
    inner join order_rows as orders on payments.order_id = orders.order_id
    where orders.is_valid and payments.amount_local > 0
    group by orders.account_id
),

touched as (
    select account_id, min(touched_at) as first_touch_at
    from touches
    where account_id is not null
    group by account_id
),

joined as (
    select
        leads.*,
        coalesce(lead_members.lead_source, '(unknown)') as lead_source,
        coalesce(lead_members.marketing_channel, '(unknown)') as marketing_channel,
        coalesce(lead_members.campaign, '(unknown)') as campaign,
        coalesce(campaigns.program, '(unknown)') as program,
        coalesce(campaigns.initiative, '(unknown)') as initiative,
        coalesce(campaigns.tactic, '(unknown)') as tactic,
        coalesce(lead_members.industry, members.industry, '(unknown)') as industry,
        coalesce(lead_members.country, members.country, '(unknown)') as country,
        coalesce(members.account_size_band, '(unknown)') as account_size_band,
        coalesce(lead_members.sales_rep, '(unknown)') as sales_rep,
        coalesce(lead_members.is_reachable, false) as is_reachable,
        coalesce(customers.first_order_at < leads.created_at, false) as is_from_customer,
        case
            when customers.account_id is null or touched.first_touch_at <= customers.first_order_at
                then cast(touched.first_touch_at as date)
        end as first_touch_date,
        lead_deals.created_at as deal_created_at, lead_deals.created_date as deal_created_date,
        lead_deals.won_at as deal_won_at, cast(lead_deals.won_at as date) as won_date,
        case when customers.first_order_at >= leads.created_at then customers.first_order_at end
            as order_at,
        case
            when payers.first_paid_at >= leads.created_at then cast(payers.first_paid_at as date)
        end as paid_date,
        stages.mql_at as mql_entered_at, stages.sal_at, stages.sql_at as sql_entered_at,
        stages.opportunity_at as opportunity_entered_at, stages.customer_at as customer_entered_at,
        stages.rejected_at, stages.responded_at, stages.given_back_as,
        coalesce(stages.current_stage, 'lead') as current_stage,
        scores.score, coalesce(scores.score_version, '(unknown)') as score_version,
        case
            when scores.score < 20 then '0-19' when scores.score < 40 then '20-39'
            when scores.score < 60 then '40-59' when scores.score < 80 then '60-79'
            when scores.score >= 80 then '80-100' else '(unknown)'
        end as score_band,
        scores.score >= 60 as is_qualified, scores.is_fit, scores.criteria_seen,
        scores.criteria_expected
    from leads
    left join lead_members on leads.surviving_lead_id = lead_members.lead_id
    left join campaigns on lead_members.campaign = campaigns.campaign
    left join members
        on leads.account_id = members.account_id
        and leads.day >= members.valid_from and leads.day < members.valid_to
    left join customers on leads.account_id = customers.account_id
    left join payers on leads.account_id = payers.account_id
    left join touched on leads.account_id = touched.account_id
    left join lead_deals on leads.surviving_lead_id = lead_deals.lead_id
    left join stages on leads.surviving_lead_id = stages.lead_id
    left join scores on leads.surviving_lead_id = scores.lead_id
),

-- Who jumps to a later step has passed the steps before it.
passed as (
    select
        *,
        least(opportunity_entered_at, deal_created_at) as known_opportunity_at,
        least(customer_entered_at, deal_won_at) as known_won_at,
        least(customer_entered_at, order_at) as customer_at,
        least(customer_entered_at, deal_won_at, order_at) as won_at,
        least(opportunity_entered_at, deal_created_at, won_at) as opportunity_at,
        least(sql_entered_at, opportunity_at) as sql_at,
        least(mql_entered_at, sal_at, sql_at) as mql_at
    from joined
)

select
    * exclude (deal_created_at, deal_won_at, sal_at),
    cast(order_at as date) as order_date,
    cast(mql_at as date) as mql_date,
    cast(sql_at as date) as sql_date,
    cast(customer_at as date) as customer_date,
    date_diff('day', day, won_date) as days_to_won,
    date_diff('day', day, cast(order_at as date)) as days_to_order,
    date_diff('day', day, paid_date) as days_to_payment,
    date_diff('day', day, getvariable('today')) as age_days,
    coalesce(mql_at != mql_entered_at, mql_at is not null) as is_mql_imputed,
    case when mql_at = mql_entered_at then hours(created_at, mql_at) end as hours_to_mql,
    case
        when sql_at = sql_entered_at and mql_at = mql_entered_at then hours(mql_at, sql_at)
    end as hours_to_sql,
    case
        when opportunity_at = known_opportunity_at and sql_at = sql_entered_at
            then hours(sql_at, opportunity_at)
    end as hours_to_opportunity,
    case
        when won_at = known_won_at and opportunity_at = known_opportunity_at
            then hours(opportunity_at, won_at)
    end as hours_to_won,
    case when won_at = known_won_at then hours(won_at, order_at) end as hours_to_order,
    hours(mql_entered_at, responded_at) as response_hours,
    case
        when mql_at is null then null when sql_at is not null then 'sql'
        when given_back_as = 'recycled' then 'recycled'
        when given_back_as is not null then 'rejected' else 'open'
    end as mql_outcome,
    case
        when coalesce(sal_at, sql_entered_at, opportunity_entered_at) is not null then 'accepted'
        when rejected_at is not null then 'rejected'
    end as sales_verdict
from passed;

create table quotes as
with dated as (
    select
        quotes.*,
        case when sent_at between requested_at and getvariable('as_of') then sent_at end as sent,
        case when accepted_at between requested_at and getvariable('as_of') then accepted_at end
            as accepted
    from stg.quotes as quotes
    where counts(is_deleted, requested_at)
),

identified as (
    select
        dated.*,
        coalesce(contacts.surviving_contact_id, dated.contact_id) as person_id,
        coalesce(companies.account_id, dated.company_id, contacts.account_id, orders.account_id)
            as account_id,
        case when orders.is_valid and orders.placed_at >= dated.requested_at then orders.placed_at
        end as ordered
    from dated
    left join companies on dated.company_id = companies.company_id
    left join contacts on dated.contact_id = contacts.contact_id
    left join order_rows as orders on dated.order_id = orders.order_id
),

answered as (
    select identified.quote_id, lead_facts.lead_source, lead_facts.sales_rep
    from identified
    inner join lead_facts
        on identified.account_id = lead_facts.account_id
        and lead_facts.is_eligible and identified.requested_at >= lead_facts.created_at
    qualify row_number() over (
        partition by identified.quote_id
        order by
            coalesce(identified.person_id = lead_facts.contact_id, false) desc,
            lead_facts.created_at desc, lead_facts.lead_id
    ) = 1
)

select
    quotes.requested_at, cast(quotes.requested_at as date) as day,
    case
        when quotes.account_id is null then '(no account)'
        else coalesce(members.industry, '(unknown)')
    end as industry,
    coalesce(nullif(members.owner, '(unknown)'), answered.sales_rep, '(unknown)') as sales_rep,
    coalesce(answered.lead_source, '(unknown)') as lead_source,
    least(quotes.sent, quotes.accepted, quotes.ordered) as sent_at,
    least(quotes.accepted, quotes.ordered) as accepted_at,
    quotes.ordered as ordered_at,
    least(quotes.sent, quotes.accepted, quotes.ordered) = quotes.sent as is_sent_known,
    least(quotes.accepted, quotes.ordered) = quotes.accepted as is_accepted_known
from identified as quotes
left join answered on quotes.quote_id = answered.quote_id
left join members
    on quotes.account_id = members.account_id
    and cast(quotes.requested_at as date) >= members.valid_from
    and cast(quotes.requested_at as date) < members.valid_to
where quotes.account_id is null or quotes.account_id not in (from internal_accounts);

create table sales_reps as
select
    sales_rep_id as sales_rep,
    case when row_number() over by_start = 1 then date '0001-01-01' else valid_from end
        as valid_from,
    lead(valid_from, 1, date '9999-12-31') over by_start as valid_to,
    coalesce(team, '(unknown)') as team
from (
    select * replace (cast(valid_from as date) as valid_from)
    from stg.sales_reps
    where counts(is_deleted, valid_from)
    qualify row_number() over (
        partition by sales_rep_id, cast(valid_from as date) order by valid_from desc nulls last
    ) = 1
)
window by_start as (partition by sales_rep_id order by valid_from nulls first);

-- A deal by the shares of its reps; what rounding leaves is the largest share's.
create temp table deal_shares as
with splits as (
    select
        opportunity_id, sales_rep_id as sales_rep, share,
        sum(share) over (partition by opportunity_id) as total
    from stg.opportunity_splits
    where not is_deleted
)

select
    opportunity_id, sales_rep,
    share + case
        when row_number() over (partition by opportunity_id order by share desc, sales_rep) = 1
            then 1 - total
        else 0
    end as share
from splits
where abs(total - 1) <= 0.001;

create temp view deal_amounts as
select
    shares.opportunity_id as spread_id, shares.sales_rep as line_id, deals.amount,
    cast(shares.share * 10000 as decimal(18, 4)) as weight, 2 as minor_unit_digits
from deal_shares as shares
inner join deals on shares.opportunity_id = deals.opportunity_id and deals.amount is not null;

create table rep_deals as
with shared as (
    select
        deals.closed_date, deals.created_date, deals.status, deals.account_id,
        coalesce(shares.sales_rep, deals.sales_rep_id, '(unknown)') as sales_rep,
        coalesce(shares.share, 1) as share,
        case when shares.opportunity_id is null then deals.amount else amounts.amount end as amount
    from deals
    left join deal_shares as shares on deals.opportunity_id = shares.opportunity_id
    left join spread('deal_amounts') as amounts
        on shares.opportunity_id = amounts.spread_id and shares.sales_rep = amounts.line_id
)

select
    shared.closed_date as day, shared.status, shared.sales_rep, shared.share, shared.amount,
    coalesce(sales_reps.team, '(unknown)') as team,
    case
        when shared.account_id is null then '(no account)'
        else coalesce(members.account_size_band, '(unknown)')
    end as account_size_band
from shared
left join sales_reps
    on shared.sales_rep = sales_reps.sales_rep
    and shared.closed_date >= sales_reps.valid_from and shared.closed_date < sales_reps.valid_to
left join members
    on shared.account_id = members.account_id
    and shared.closed_date >= members.valid_from and shared.closed_date < members.valid_to
where shared.closed_date is not null;
