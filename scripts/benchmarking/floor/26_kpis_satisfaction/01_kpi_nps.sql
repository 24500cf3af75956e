-- K24.
-- Net promoters: the last answer of each person in the period.
create temp table nps_rows as
select
    answers.* exclude (segment, industry, account_size_band, product),
    case when not is_anonymous then segment end as segment,
    case when not is_anonymous then industry end as industry,
    case when not is_anonymous then account_size_band end as account_size_band,
    case when not is_anonymous then product end as product,
    case when not is_anonymous then coalesce(account_id, '(no account)') end as account
from answers;

create temp table last_answers as
with counted as (
    select *, unnest(case
        when survey_type = 'transactional' then ['transactional']
        when is_resurvey then ['']
        else ['', 'without_resurveys']
    end) as score_kind
    from nps_rows
    where is_answered and survey_type in ('relationship', 'transactional')
)

select counted.*, days.grain, days.number
from counted
inner join day_periods as days on counted.responded_date = days.day and days.grain != 'day'
qualify row_number() over (
    partition by counted.score_kind, counted.respondent, days.grain, days.number
    order by counted.responded_at desc, counted.response_id desc
) = 1;

create temp table nps_last as
select
    grain, number,
    dimension_of(
        grouping_id(segment, industry, account_size_band, product, account),
        ['segment', 'industry', 'account_size_band', 'product', 'account']
    ) as dimension,
    coalesce(segment, industry, account_size_band, product, account, 'all') as member,
    count(*) filter (score_kind = '' and nps_group = 'promoter') as promoters,
    count(*) filter (score_kind = '' and nps_group = 'passive') as passives,
    count(*) filter (score_kind = '' and nps_group = 'detractor') as detractors,
    count(*) filter (score_kind = '') as responses,
    count(*) filter (score_kind = '' and is_anonymous) as responses_anonymous,
    count(*) filter (score_kind = 'transactional' and nps_group = 'promoter')
        as promoters_transactional,
    count(*) filter (score_kind = 'transactional' and nps_group = 'detractor')
        as detractors_transactional,
    count(*) filter (score_kind = 'transactional') as responses_transactional,
    count(*) filter (score_kind = 'without_resurveys' and nps_group = 'promoter')
        as promoters_without_resurveys,
    count(*) filter (score_kind = 'without_resurveys' and nps_group = 'detractor')
        as detractors_without_resurveys,
    count(*) filter (score_kind = 'without_resurveys') as responses_without_resurveys
from last_answers
group by grain, number, grouping sets (
    (), (segment), (industry), (account_size_band), (product), (account)
)
having dimension = 'total' or member != 'all';

create temp table nps_day_cells as
with rows as (
    select responded_date as day, segment, industry, account_size_band, product, account,
        cast(nps_group = 'promoter' as integer) as promoters_all,
        cast(nps_group = 'detractor' as integer) as detractors_all, 1 as responses_all,
        cast(is_resurvey as integer) as responses_resurveyed, 0 as invited, 0 as invited_answered
    from nps_rows
    where is_answered and survey_type = 'relationship'
    union all
    select invited_date, segment, industry, account_size_band, product, account, 0, 0, 0, 0, 1,
        cast(is_answered as integer)
    from nps_rows
    where invited_date is not null and survey_type = 'relationship'
)

select
    day,
    dimension_of(
        grouping_id(segment, industry, account_size_band, product, account),
        ['segment', 'industry', 'account_size_band', 'product', 'account']
    ) as dimension,
    coalesce(segment, industry, account_size_band, product, account, 'all') as member,
    sum(columns(* exclude (day, segment, industry, account_size_band, product, account)))
from rows
group by day, grouping sets (
    (), (segment), (industry), (account_size_band), (product), (account)
)
having dimension = 'total' or member != 'all';

-- An account has one score in each period and member, weighed by its sales of twelve months.
create temp table nps_accounts as
with running as (
    select account_id, day, sum(net_sales) over (partition by account_id order by day) as so_far
    from account_days
),

asked as (
    select distinct
        answers.account_id, periods.grain, periods.number, periods.year_start, periods.ends_on
    from last_answers as answers
    inner join periods using (grain, number)
    where answers.score_kind = '' and answers.account_id is not null
),

weights as (
    select
        asked.account_id, asked.grain, asked.number,
        case when later.account_id is not null
            then greatest(later.so_far - coalesce(earlier.so_far, 0), 0) end as net_sales,
        later.day >= asked.year_start as has_sales
    from asked
    asof left join running as earlier
        on asked.account_id = earlier.account_id and asked.year_start > earlier.day
    asof left join running as later
        on asked.account_id = later.account_id and asked.ends_on > later.day
),

scores as (
    select
        account_id, grain, number,
        dimension_of(
            grouping_id(segment, industry, account_size_band, product, account),
            ['segment', 'industry', 'account_size_band', 'product', 'account']
        ) as dimension,
        coalesce(segment, industry, account_size_band, product, account, 'all') as member,
        cast(
            cast(
                count(*) filter (nps_group = 'promoter') - count(*) filter (nps_group = 'detractor')
                as double
            ) * 100 / count(*) as decimal(38, 12)
        ) as score
    from last_answers
    where score_kind = '' and account_id is not null
    group by account_id, grain, number, grouping sets (
        (), (segment), (industry), (account_size_band), (product), (account)
    )
    having dimension = 'total' or member != 'all'
)

select
    scores.grain, scores.number, scores.dimension, scores.member,
    count(*) as accounts, sum(scores.score) as account_score_sum,
    coalesce(sum(weights.net_sales) filter (weights.has_sales), 0) as account_net_sales,
    coalesce(sum(scores.score * cast(weights.net_sales as decimal(18, 4)))
        filter (weights.has_sales), 0) as account_score_net_sales
from scores
left join weights using (account_id, grain, number)
group by scores.grain, scores.number, scores.dimension, scores.member;

create temp table nps_periods as
with counted as (
    from nps_last
    union all by name
    from by_period('nps_day_cells')
    union all by name
    from nps_accounts
)

select
    grain, number, dimension, member,
    coalesce(sum(columns(* exclude (grain, number, dimension, member))), 0)
from counted
group by grain, number, dimension, member;

create table kpi.kpi_nps as
select
    *,
    promoters - detractors as net_promoters,
    promoters_transactional - detractors_transactional as net_promoters_transactional,
    promoters_all - detractors_all as net_promoters_all,
    promoters_without_resurveys - detractors_without_resurveys as net_promoters_without_resurveys,
    100 * ratio(promoters - detractors, responses) as nps,
    100 * ratio(promoters_transactional - detractors_transactional, responses_transactional)
        as nps_transactional,
    100 * ratio(promoters_all - detractors_all, responses_all) as nps_all_responses,
    100 * ratio(
        promoters_without_resurveys - detractors_without_resurveys, responses_without_resurveys
    ) as nps_without_resurveys,
    round(ratio(account_score_sum, accounts), 10) as nps_account_equal,
    round(ratio(account_score_net_sales, account_net_sales), 10) as nps_revenue_weighted,
    ratio(invited_answered, invited) as nps_response_rate
from kpi_table(
    'nps_periods', ['week', 'month', 'quarter', 'year', 'r12m'], ['product', 'account']
);
