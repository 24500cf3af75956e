-- The members of accounts, and the stretches in which accounts are active.
create table members as
select
    versions.account_id,
    greatest(versions.valid_from, parents.valid_from) as valid_from,
    least(versions.valid_to, parents.valid_to) as valid_to,
    coalesce(versions.segment, '(unknown)') as segment,
    coalesce(versions.industry, '(unknown)') as industry,
    coalesce(versions.account_size_band, '(unknown)') as account_size_band,
    coalesce(versions.country_code, '(unknown)') as country,
    coalesce(versions.sales_rep_id, '(unknown)') as owner,
    parents.top_id as ultimate_parent
from company_versions as versions
inner join ultimate_parents as parents
    on versions.account_id = parents.account_id
    and versions.valid_from < parents.valid_to and versions.valid_to > parents.valid_from;

-- Accounts that are no known company have one version, in which nothing is known of them.
insert into members
select distinct
    account_id, date '0001-01-01', date '9999-12-31', '(unknown)', '(unknown)', '(unknown)',
    '(unknown)', '(unknown)', account_id
from (
    select account_id from order_rows
    union all select account_id from contract_states
    union all select account_id from emails
    union all select account_id from leads
)
where account_id not in (select company_id from companies);

alter table members add column acquisition_channel varchar default '(unattributed)';
update members set acquisition_channel = acquisition.channel
from acquisition where members.account_id = acquisition.account_id;

create table account_spells as
with ranges as (
    select distinct
        account_id, order_date as active_from, order_date + 180 as active_to,
        'inactivity' as end_reason, null::boolean as is_voluntary, null::varchar as cancel_reason
    from order_rows
    where is_valid
    union all
    select account_id, valid_from, valid_to, end_reason, is_voluntary, cancel_reason
    from contract_spells
),

marked as (
    select
        *,
        active_from > max(active_to) over (
            partition by account_id order by active_from, active_to
            rows between unbounded preceding and 1 preceding
        ) as is_new
    from ranges
),

numbered as (
    select
        *,
        1 + count(*) filter (is_new) over (
            partition by account_id order by active_from, active_to
            rows between unbounded preceding and current row
        ) as number
    from marked
),

spells as (
    select
        account_id,
        number,
        min(active_from) as active_from,
        max(active_to) as active_to,
        arg_min(
            struct_pack(is_voluntary := is_voluntary, cancel_reason := cancel_reason),
            (
                -date_diff('day', date '2000-01-01', active_to),
                case end_reason
                    when 'non_payment' then 1 when 'cancelled' then 2 when 'transferred' then 3
                    else 4
                end,
                cancel_reason is null, cancel_reason
            )
        ) as ended
    from numbered
    group by account_id, number
)

select
    account_id, number as spell_number, active_from,
    case when active_to <= getvariable('today') then active_to else date '9999-12-31' end
        as active_to,
    case when active_to <= getvariable('today') then ended.is_voluntary end as is_voluntary,
    case when active_to <= getvariable('today') then ended.cancel_reason end as cancel_reason
from spells;

-- Spells of units read at the start and end of every period but days.
create macro unit_periods(spells) as table
with firsts as (
    select *, min(active_from) over (partition by unit) as first_day from query_table(spells)
),

states as (
    select
        firsts.unit, periods.grain, periods.number, periods.starts_on, periods.ends_on,
        firsts.first_day,
        bool_or(firsts.active_from < periods.starts_on) as at_start,
        bool_or(firsts.active_to >= periods.ends_on) as at_end,
        count(*) filter (firsts.active_to < periods.ends_on) as churn_events,
        count(*) filter (firsts.spell_number > 1 and firsts.active_from >= periods.starts_on)
            as reactivation_events,
        min(firsts.active_from) filter (firsts.active_from >= periods.starts_on) as started_on,
        arg_max(
            struct_pack(v := firsts.is_voluntary, r := firsts.cancel_reason),
            (firsts.active_to, firsts.spell_number)
        ) filter (firsts.active_to < periods.ends_on) as ended
    from firsts
    inner join periods
        on periods.grain != 'day'
        and firsts.active_from < periods.ends_on and firsts.active_to >= periods.starts_on
    group by all
)

select
    unit, grain, number, starts_on, ends_on, first_day,
    at_start, at_end, at_start and not at_end as is_lost,
    at_end and not at_start and first_day >= starts_on as is_new,
    at_end and not at_start and first_day < starts_on as is_reactivated,
    churn_events, reactivation_events,
    is_lost and coalesce(ended.v, false) as is_voluntary,
    is_lost and coalesce(not ended.v, false) as is_involuntary,
    case when at_start then starts_on else started_on end as member_date,
    case when is_lost then coalesce(ended.r, '(unknown)') end as cancel_reason,
    case
        when member_date < first_day + interval 3 month then 'under 3 months'
        when member_date < first_day + interval 6 month then '3 to 6 months'
        when member_date < first_day + interval 12 month then '6 to 12 months'
        when member_date < first_day + interval 24 month then '12 to 24 months'
        else 'over 24 months'
    end as tenure_band
from states;

create temp view account_units as
select * exclude (account_id), account_id as unit from account_spells;

create table account_periods as
with moved as (
    from unit_periods('account_units')
),

-- The plan of the oldest contract that runs on the day, or up to it.
plans as (
    select
        moved.unit, moved.grain, moved.number,
        arg_min(spells.plan, (
            spells.valid_to <= moved.member_date, spells.start_date, spells.subscription_id,
            -date_diff('day', date '2000-01-01', spells.valid_from)
        )) as plan
    from moved
    inner join contract_states as spells
        on moved.unit = spells.account_id
        and moved.member_date between spells.valid_from and spells.valid_to
    group by all
)

select
    moved.*,
    members.segment, members.industry, members.account_size_band, members.acquisition_channel,
    coalesce(plans.plan, '(no plan)') as plan
from moved
left join members
    on moved.unit = members.account_id
    and moved.member_date >= members.valid_from and moved.member_date < members.valid_to
left join plans
    on moved.unit = plans.unit and moved.grain = plans.grain and moved.number = plans.number;

create temp view contract_units as
with marked as (
    select
        *,
        valid_from > lag(valid_to) over (partition by subscription_id order by valid_from) as is_new
    from contract_spells
),

numbered as (
    select
        *,
        1 + count(*) filter (is_new) over (
            partition by subscription_id order by valid_from
            rows between unbounded preceding and current row
        ) as spell_number
    from marked
)

select
    subscription_id as unit, spell_number, min(valid_from) as active_from,
    arg_max(valid_to, valid_from) as active_to,
    arg_max_null(is_voluntary, valid_from) as is_voluntary,
    arg_max_null(cancel_reason, valid_from) as cancel_reason
from numbered
group by subscription_id, spell_number;

-- On the day it ended, a subscription still has the account and plan of the day before.
create table subscription_periods as
with moved as (
    from unit_periods('contract_units')
),

held as (
    select
        moved.*,
        spells.account_id, spells.plan
    from moved
    inner join contract_spells as spells
        on moved.unit = spells.subscription_id
        and moved.member_date between spells.valid_from and spells.valid_to
    qualify row_number() over (
        partition by moved.unit, moved.grain, moved.number order by spells.valid_from desc
    ) = 1
)

select
    held.*,
    members.segment, members.industry, members.account_size_band, members.acquisition_channel
from held
left join members
    on held.account_id = members.account_id
    and held.member_date >= members.valid_from and held.member_date < members.valid_to;

-- Orders as KPIs read them: as placed, with the members of their day.
create table order_facts as
with placed as (
    select
        lines.order_id,
        sum(times(lines.gross, lines.fx_rate)) as gross_value,
        sum(times(lines.net, lines.fx_rate)) as order_value,
        sum(coalesce(lines.cogs, 0)) as cogs
    from lines
    where lines.added_at is null and not lines.is_gift_card
    group by lines.order_id
),

given_back as (
    select
        order_id, sum(gross - discount - cancelled) as standing, sum(returned) as returned
    from moves
    group by order_id
)

select
    orders.order_id, orders.account_id, orders.placed_at, orders.order_date,
    orders.invoiced_date, orders.is_in_revenue, orders.is_eligible, orders.is_valid,
    visits.visitor_id, visits.session_id,
    coalesce(customers.first_order_id = orders.order_id, false) as is_first_order,
    coalesce(
        given_back.returned > 0 and given_back.returned >= given_back.standing, false
    ) as is_fully_refunded,
    coalesce(placed.gross_value, 0) as gross_value,
    coalesce(placed.order_value, 0) as order_value,
    times(orders.shipping_amount, orders.fx_rate) as shipping,
    coalesce(times(charges.placed_tax + charges.tax_without_lines, orders.fx_rate), 0) as tax,
    coalesce(placed.cogs, 0) as cogs,
    coalesce(orders.sales_channel, '(unknown)') as sales_channel,
    customer_type(orders.account_id, orders.order_date, customers.first_order_date)
        as customer_type,
    coalesce(orders.country_code, members.country, '(unknown)') as country,
    coalesce(members.industry, '(unknown)') as industry,
    coalesce(members.segment, '(unknown)') as segment,
    coalesce(members.account_size_band, '(unknown)') as account_size_band,
    coalesce(orders.sales_rep_id, members.owner, '(unknown)') as sales_rep,
    coalesce(acquisition.channel, '(unattributed)') as acquisition_channel,
    coalesce(acquisition.campaign, '(unattributed)') as acquisition_campaign,
    coalesce(origins.marketing_channel, '(unattributed)') as marketing_channel,
    coalesce(origins.campaign, '(unattributed)') as campaign,
    coalesce(origins.program, '(unattributed)') as program,
    coalesce(origins.initiative, '(unattributed)') as initiative,
    coalesce(origins.tactic, '(unattributed)') as tactic,
    coalesce(origins.is_marketing, false) as is_marketing,
    coalesce(origins.is_paid, false) as is_paid,
    order_touches.touch_day
from order_rows as orders
left join order_touches on orders.order_id = order_touches.order_id
left join origins on order_touches.origin = origins.origin
left join placed on orders.order_id = placed.order_id
left join charges on orders.order_id = charges.order_id
left join given_back on orders.order_id = given_back.order_id
left join customers on orders.account_id = customers.account_id
left join acquisition on orders.account_id = acquisition.account_id
left join order_visits as visits on orders.order_id = visits.order_id
left join members
    on orders.account_id = members.account_id
    and orders.order_date >= members.valid_from and orders.order_date < members.valid_to;

create table order_days as
select
    entries.order_id, orders.account_id, entries.entry_date as day,
    sum(gross_sales) as gross_sales, sum(discounts) as discounts, sum(returns) as returns,
    sum(cancellations) as cancellations, sum(shipping) as shipping, sum(tax) as tax,
    sum(cogs) as cogs, sum(units) as units, sum(fx_adjustment) as fx_adjustment,
    sum(gross_sales - discounts - returns - cancellations) as net_sales
from entries
inner join order_rows as orders on entries.order_id = orders.order_id
group by all;

create table account_days as
select account_id, day, sum(net_sales) as net_sales, sum(cogs) as cogs
from order_days
group by account_id, day;
