-- E-mail opt-in. Lists have forms, visitors have channels and devices.
create temp table list_acts as
select
    numbers.visitor, list_events.form_name, weeks.number as week,
    cast(1 as hugeint) << months.number as month_mask,
    list_events.is_opt_in, list_events.is_confirmation,
    list_events.is_opt_out and list_events.event_type = 'unsubscribe' as is_unsubscribed
from list_events
inner join visitor_numbers as numbers on list_events.visitor_id = numbers.visitor_id
inner join period_days as weeks on list_events.day = weeks.day and weeks.grain = 'week'
inner join period_days as months on list_events.day = months.day and months.grain = 'month'
where list_events.is_opt_in or list_events.is_confirmation or list_events.is_opt_out;

-- The periods at whose start a visitor was subscribed.
create temp table subscribed_at as
select distinct numbers.visitor, periods.grain, periods.number
from list_spells as spells
inner join visitor_numbers as numbers on spells.visitor_id = numbers.visitor_id
inner join periods
    on periods.grain in ('week', 'month')
    and spells.active_from < periods.starts_on and spells.active_to >= periods.starts_on;

create temp table opt_in_counts as
with subscriber_masks as (
    select visitor, bit_or(cast(1 as hugeint) << number) as subscribed
    from subscribed_at
    where grain = 'month'
    group by visitor
),

act_masks as (
    select
        visitor,
        bit_or(month_mask) filter (is_opt_in) as opted_in,
        bit_or(month_mask) filter (is_confirmation) as confirmed,
        bit_or(month_mask) filter (is_unsubscribed) as unsubscribed
    from list_acts
    group by visitor
),

form_masks as (
    select
        visitor, form_name,
        bit_or(month_mask) filter (is_opt_in) as opted_in,
        bit_or(month_mask) filter (is_confirmation) as confirmed,
        bit_or(month_mask) filter (is_unsubscribed) as unsubscribed
    from list_acts
    group by visitor, form_name
),

grouped as (
    select
        masks.dimension, masks.member, masks.visits,
        coalesce(acts.opted_in, 0) as opted_in, coalesce(acts.confirmed, 0) as confirmed,
        coalesce(acts.unsubscribed, 0) as unsubscribed,
        coalesce(subscribers.subscribed, 0) as subscribed, count(*) as visitors
    from visitor_masks as masks
    left join act_masks as acts using (visitor)
    left join subscriber_masks as subscribers using (visitor)
    where
        masks.dimension in ('total', 'marketing_channel', 'device_type')
        and (acts.visitor is not null or subscribers.visitor is not null)
    group by all
    union all
    select
        'form_name', acts.form_name, masks.visits, coalesce(acts.opted_in, 0),
        coalesce(acts.confirmed, 0), coalesce(acts.unsubscribed, 0), 0, count(*)
    from visitor_masks as masks
    inner join form_masks as acts using (visitor)
    where masks.dimension = 'total'
    group by all
),

act_weeks as (
    select
        visitor, week, bool_or(is_opt_in) as opted_in, bool_or(is_confirmation) as confirmed,
        bool_or(is_unsubscribed) as unsubscribed
    from list_acts
    group by visitor, week
),

form_weeks as (
    select
        visitor, week, form_name, bool_or(is_opt_in) as opted_in,
        bool_or(is_confirmation) as confirmed, bool_or(is_unsubscribed) as unsubscribed
    from list_acts
    group by visitor, week, form_name
)

select
    periods.grain, periods.number, dimension, member,
    coalesce(sum(visitors) filter (opted_in & mask != 0), 0) as visitors_opted_in,
    coalesce(sum(visitors) filter (subscribed & first != 0), 0) as visitors_subscribed_before,
    coalesce(sum(visitors) filter (confirmed & mask != 0), 0) as visitors_confirmed,
    coalesce(sum(visitors) filter (unsubscribed & mask != 0), 0) as visitors_unsubscribed,
    coalesce(sum(visitors) filter (opted_in & mask != 0 or subscribed & first != 0), 0)
        as visitors_subscribed
from grouped
inner join month_masks as periods on grouped.visits & periods.mask != 0
group by periods.grain, periods.number, dimension, member
union all
select
    'week', weeks.week, weeks.dimension, weeks.member,
    count(*) filter (acts.opted_in), count(*) filter (subscribed.visitor is not null),
    count(*) filter (acts.confirmed), count(*) filter (acts.unsubscribed),
    count(*) filter (acts.opted_in or subscribed.visitor is not null)
from visitor_weeks as weeks
left join act_weeks as acts on weeks.visitor = acts.visitor and weeks.week = acts.week
left join subscribed_at as subscribed
    on subscribed.grain = 'week'
    and weeks.visitor = subscribed.visitor and weeks.week = subscribed.number
where
    weeks.dimension in ('total', 'marketing_channel', 'device_type')
    and (acts.visitor is not null or subscribed.visitor is not null)
group by weeks.week, weeks.dimension, weeks.member
union all
select
    'week', weeks.week, 'form_name', acts.form_name,
    count(*) filter (acts.opted_in), 0, count(*) filter (acts.confirmed),
    count(*) filter (acts.unsubscribed), 0
from visitor_weeks as weeks
inner join form_weeks as acts on weeks.visitor = acts.visitor and weeks.week = acts.week
where weeks.dimension = 'total'
group by weeks.week, acts.form_name;

create temp table list_cells as
select
    day,
    case when grouping(form_name) = 0 then 'form_name' else 'total' end as dimension,
    coalesce(form_name, 'all') as member,
    count(*) filter (is_opt_in) as opt_ins,
    count(*) filter (is_opt_in and visitor_id is null) as opt_ins_offline,
    count(*) filter (is_opt_out and event_type = 'unsubscribe') as list_unsubscribed,
    count(*) filter (is_opt_out and event_type = 'bounce') as list_bounced
from list_events
group by day, grouping sets ((), (form_name));

-- The size of a list at a moment: who came before it, less who left before it.
create temp table list_sizes as
with edges as (
    select unnest([active_from, active_to]) as day, unnest([1, -1]) as step, form_name
    from list_spells
),

sizes as (
    select
        day,
        case when grouping(form_name) = 0 then 'form_name' else 'total' end as dimension,
        coalesce(form_name, 'all') as member,
        sum(sum(step)) over (
            partition by grouping(form_name), coalesce(form_name, 'all') order by day
        ) as size
    from edges
    group by day, grouping sets ((), (form_name))
),

moments as (
    select periods.grain, periods.number, periods.starts_on, periods.ends_on, dimension, member
    from periods
    cross join (select distinct dimension, member from sizes)
    where periods.grain != 'day'
)

select
    moments.grain, moments.number, moments.dimension, moments.member,
    coalesce(before.size, 0) as list_size_at_start, coalesce(after.size, 0) as list_size_at_end
from moments
asof left join sizes as before
    on moments.dimension = before.dimension and moments.member = before.member
    and moments.starts_on > before.day
asof left join sizes as after
    on moments.dimension = after.dimension and moments.member = after.member
    and moments.ends_on > after.day;

create temp table opt_in_periods as
with counted as (
    select grain, number, dimension, member, visitors
    from visitor_counts
    where dimension in ('total', 'marketing_channel', 'device_type')
    union all by name
    from opt_in_counts
    union all by name
    from by_period('list_cells')
    union all by name
    from list_sizes
)

select
    grain, number, dimension, member,
    coalesce(sum(columns(* exclude (grain, number, dimension, member))), 0)
from counted
group by grain, number, dimension, member;

create table kpi.kpi_email_opt_in as
select
    * replace (
        case when dimension != 'form_name' then visitors end as visitors,
        case when dimension != 'form_name' then visitors_subscribed_before end
            as visitors_subscribed_before,
        case when dimension != 'form_name' then visitors_subscribed end as visitors_subscribed,
        case when dimension in ('total', 'form_name') then opt_ins end as opt_ins,
        case when dimension in ('total', 'form_name') then opt_ins_offline end as opt_ins_offline,
        case when dimension in ('total', 'form_name') then list_size_at_start end
            as list_size_at_start,
        case when dimension in ('total', 'form_name') then list_size_at_end end
            as list_size_at_end,
        case when dimension in ('total', 'form_name') then list_unsubscribed end
            as list_unsubscribed,
        case when dimension in ('total', 'form_name') then list_bounced end as list_bounced
    ),
    case when dimension != 'form_name' then visitors - visitors_subscribed_before end
        as visitors_not_subscribed_before,
    case when dimension != 'form_name' then visitors_subscribed - visitors_subscribed_before end
        as visitors_opted_in_eligible,
    case when dimension != 'form_name' then visitors_opted_in - visitors_unsubscribed end
        as visitors_opted_in_net,
    case when dimension != 'form_name' then ratio(visitors_opted_in, visitors) end
        as email_opt_in_rate,
    ratio(visitors_opted_in_eligible, visitors_not_subscribed_before)
        as email_opt_in_rate_eligible,
    case when dimension != 'form_name' then ratio(visitors_confirmed, visitors) end
        as email_opt_in_rate_confirmed,
    case when dimension != 'form_name' then ratio(visitors_opted_in_net, visitors) end
        as email_opt_in_rate_net,
    case when dimension != 'form_name' then ratio(visitors_subscribed, visitors) end
        as email_subscribed_share,
    case when dimension in ('total', 'form_name')
        then ratio(list_unsubscribed, list_size_at_start) end as email_unsubscribe_rate
from kpi_table('opt_in_periods', ['week', 'month', 'quarter', 'year', 'r12m'], []);
