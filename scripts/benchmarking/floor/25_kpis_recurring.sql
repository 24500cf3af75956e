-- K22, K24.
create temp table mrr_edge_cells as
with edges as (
    select
        unnest([valid_from, valid_to]) as day, unnest([1, -1]) as step, plan, sales_rep,
        account_size_band, industry, country, acquisition_channel, currency, ultimate_parent, mrr,
        mrr_list_price, mrr_committed, 0 as usage
    from mrr_spells
    where is_eligible
    union all
    select
        unnest([valid_from, valid_to]), unnest([1, -1]), plan, sales_rep, account_size_band,
        industry, country, acquisition_channel, currency, ultimate_parent, 0, 0, 0, amount
    from usage_spells
)

select
    day,
    dimension_of(
        grouping_id(plan, sales_rep, account_size_band, industry, country, acquisition_channel,
            currency, ultimate_parent),
        ['plan', 'sales_rep', 'account_size_band', 'industry', 'country', 'acquisition_channel',
            'currency', 'ultimate_parent']
    ) as dimension,
    coalesce(plan, sales_rep, account_size_band, industry, country, acquisition_channel, currency,
        ultimate_parent, 'all') as member,
    sum(step * mrr) as mrr, sum(step * mrr_list_price) as mrr_list_price,
    sum(step * mrr_committed) as mrr_committed, sum(step * usage) as usage, 0 as accounts,
    sum(case when mrr != 0 or mrr_list_price != 0 or mrr_committed != 0 then step else 0 end)
        as rows
from edges
where day <= getvariable('today')
group by day, grouping sets (
    (), (plan), (sales_rep), (account_size_band), (industry), (country), (acquisition_channel),
    (currency), (ultimate_parent)
)
union all
-- An account counts once in each member in which it pays.
select
    day, dimension, member, 0, 0, 0, 0, sum(change), 0
from (
    select
        day, dimension, member,
        cast(sum(step) over by_day > 0 as integer)
        - cast(coalesce(sum(step) over before_day, 0) > 0 as integer) as change
    from (
        select
            account_id, day,
            dimension_of(
                grouping_id(plan, sales_rep, account_size_band, industry, country,
                    acquisition_channel, currency, ultimate_parent),
                ['plan', 'sales_rep', 'account_size_band', 'industry', 'country',
                    'acquisition_channel', 'currency', 'ultimate_parent']
            ) as dimension,
            coalesce(plan, sales_rep, account_size_band, industry, country, acquisition_channel,
                currency, ultimate_parent, 'all') as member,
            sum(step) as step
        from (
            select
                unnest([valid_from, valid_to]) as day, unnest([1, -1]) as step, account_id, plan,
                sales_rep, account_size_band, industry, country, acquisition_channel, currency,
                ultimate_parent
            from mrr_spells
            where is_eligible and mrr > 0
        )
        where day <= getvariable('today')
        group by account_id, day, grouping sets (
            (), (plan), (sales_rep), (account_size_band), (industry), (country),
            (acquisition_channel), (currency), (ultimate_parent)
        )
    )
    window
        by_day as (partition by account_id, dimension, member order by day),
        before_day as (
            partition by account_id, dimension, member order by day
            rows between unbounded preceding and 1 preceding
        )
)
group by day, dimension, member;

create temp table mrr_move_cells as
select
    day,
    dimension_of(
        grouping_id(plan, sales_rep, account_size_band, industry, country, acquisition_channel,
            currency, ultimate_parent),
        ['plan', 'sales_rep', 'account_size_band', 'industry', 'country', 'acquisition_channel',
            'currency', 'ultimate_parent']
    ) as dimension,
    coalesce(plan, sales_rep, account_size_band, industry, country, acquisition_channel, currency,
        ultimate_parent, 'all') as member,
    coalesce(sum(mrr_change) filter (kind = 'new'), 0) as mrr_new,
    coalesce(sum(mrr_change) filter (kind = 'expansion'), 0) as mrr_expansion,
    coalesce(-sum(mrr_change) filter (kind = 'contraction'), 0) as mrr_contraction,
    coalesce(-sum(mrr_change) filter (kind = 'churned'), 0) as mrr_churned,
    coalesce(sum(mrr_change) filter (kind = 'reactivated'), 0) as mrr_reactivated,
    coalesce(-sum(mrr_change) filter (kind = 'paused'), 0) as mrr_paused,
    coalesce(sum(mrr_change) filter (kind = 'resumed'), 0) as mrr_resumed,
    coalesce(sum(mrr_change) filter (kind = 'fx'), 0) as mrr_fx,
    coalesce(sum(mrr_change) filter (kind = 'transferred'), 0) as mrr_transferred,
    coalesce(sum(quantity_effect) filter (kind = 'expansion'), 0) as mrr_expansion_quantity,
    coalesce(sum(price_effect) filter (kind = 'expansion'), 0) as mrr_expansion_price,
    coalesce(sum(mix_effect) filter (kind = 'expansion'), 0) as mrr_expansion_mix,
    coalesce(-sum(quantity_effect) filter (kind = 'contraction'), 0) as mrr_contraction_quantity,
    coalesce(-sum(price_effect) filter (kind = 'contraction'), 0) as mrr_contraction_price,
    coalesce(-sum(mix_effect) filter (kind = 'contraction'), 0) as mrr_contraction_mix
from mrr_movements
group by day, grouping sets (
    (), (plan), (sales_rep), (account_size_band), (industry), (country), (acquisition_channel),
    (currency), (ultimate_parent)
);

create temp table mrr_periods as
with counted as (
    from by_period('mrr_move_cells')
    union all by name
    select
        grain, number, dimension, member, at_start.mrr as mrr_at_start, at_end.mrr as mrr,
        at_end.mrr_list_price as mrr_list_price, at_end.mrr_committed as mrr_committed,
        at_end.usage as usage_last_three_months, at_end.accounts as accounts_active
    from to_date('mrr_edge_cells')
    where
        at_start.mrr != 0 or at_end.mrr != 0 or at_end.mrr_list_price != 0 or at_end.usage != 0
        or at_end.accounts != 0 or at_end.rows != 0 or at_start.rows != 0
)

select
    grain, number, dimension, member,
    coalesce(sum(columns(* exclude (grain, number, dimension, member))), 0)
from counted
group by grain, number, dimension, member;

create table kpi.kpi_mrr as
select
    *,
    12 * mrr as arr,
    ratio(mrr, accounts_active) as arpa,
    mrr + share_of(usage_last_three_months, 1, 3) as mrr_with_usage
from kpi_table('mrr_periods', ['week', 'month', 'quarter', 'year', 'r12m'], ['ultimate_parent']);

create temp table mrr_retention_periods as
select
    grain, number,
    dimension_of(
        grouping_id(sales_rep, account_size_band, industry, country, acquisition_channel),
        ['sales_rep', 'account_size_band', 'industry', 'country', 'acquisition_channel']
    ) as dimension,
    coalesce(sales_rep, account_size_band, industry, country, acquisition_channel, 'all') as member,
    sum(columns(* exclude (
        grain, number, sales_rep, account_size_band, industry, country, acquisition_channel
    )))
from mrr_account_periods
group by grain, number, grouping sets (
    (), (sales_rep), (account_size_band), (industry), (country), (acquisition_channel)
);

create table kpi.kpi_mrr_retention as
select
    *,
    mrr_retained_net + mrr_reactivated_at_end as mrr_retained_and_reactivated,
    mrr_new + mrr_expansion + mrr_reactivated as mrr_gained,
    mrr_contraction + mrr_churned as mrr_lost,
    ratio(mrr_retained_net, mrr_at_start) as nrr,
    ratio(mrr_retained_gross, mrr_at_start) as grr,
    ratio(mrr_retained_net + mrr_reactivated_at_end, mrr_at_start) as nrr_incl_reactivation,
    ratio(mrr_contraction + mrr_churned, mrr_at_start) as mrr_churn_rate,
    ratio(mrr_new + mrr_expansion + mrr_reactivated, mrr_contraction + mrr_churned) as quick_ratio,
    ratio(accounts_lost, accounts_at_start) as account_churn_rate
from kpi_table('mrr_retention_periods', ['week', 'month', 'quarter', 'year', 'r12m'], []);

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

create temp table outcomes as
with asked as (
    select
        response_id, respondent, account_id, responded_at, responded_date, nps_group,
        responded_date + 365 as outcome_date
    from answers
    where
        is_answered and survey_type = 'relationship' and account_id is not null
        and responded_date + 365 < getvariable('today')
),

sold as (
    select
        asked.response_id,
        sum(sales.net_sales) filter (sales.day < asked.responded_date) as before,
        sum(sales.net_sales) filter (sales.day >= asked.responded_date) as after
    from asked
    inner join account_days as sales
        on asked.account_id = sales.account_id
        and sales.day >= asked.responded_date - 365 and sales.day < asked.outcome_date
    group by asked.response_id
)

select
    asked.*, spells.account_id is not null as is_customer,
    spells.account_id is not null and later.account_id is not null as is_retained,
    coalesce(sold.before, 0) as net_sales_before, coalesce(sold.after, 0) as net_sales_after
from asked
left join sold on asked.response_id = sold.response_id
left join account_spells as spells
    on asked.account_id = spells.account_id
    and asked.responded_date >= spells.active_from and asked.responded_date < spells.active_to
left join account_spells as later
    on asked.account_id = later.account_id
    and asked.outcome_date >= later.active_from and asked.outcome_date < later.active_to;

create temp table outcome_periods as
with dated as (
    select outcomes.*, days.grain, days.number
    from outcomes
    inner join day_periods as days on outcomes.responded_date = days.day and days.grain != 'day'
),

rows as (
    (
        select *, true as is_of_account
        from dated
        qualify row_number() over (
            partition by account_id, grain, number order by responded_at desc, response_id desc
        ) = 1
    )
    union all
    (
        select *, false
        from dated
        qualify row_number() over (
            partition by respondent, grain, number order by responded_at desc, response_id desc
        ) = 1
    )
)

select
    grain, number, case when grouping(nps_group) = 0 then 'nps_group' else 'total' end as dimension,
    coalesce(nps_group, 'all') as member,
    count(*) filter (not is_of_account) as respondents,
    count(*) filter (is_of_account) as accounts,
    count(*) filter (is_of_account and is_customer) as accounts_active,
    count(*) filter (is_of_account and is_retained) as accounts_retained,
    coalesce(sum(net_sales_before) filter (is_of_account), 0) as net_sales_before,
    coalesce(sum(net_sales_after) filter (is_of_account), 0) as net_sales_after
from rows
group by grain, number, grouping sets ((), (nps_group));

create table kpi.kpi_nps_outcome as
select
    *,
    ratio(accounts_retained, accounts_active) as nps_outcome_retention_rate,
    ratio(net_sales_after, net_sales_before) as nps_outcome_expansion
from kpi_table('outcome_periods', ['week', 'month', 'quarter', 'year', 'r12m'], []);
