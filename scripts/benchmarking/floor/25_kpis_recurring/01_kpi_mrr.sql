-- K22.
create temp table mrr_edge_cells as
with edges as (
    select
        unnest([valid_from, valid_to]) as day, unnest([1, -1]) as step, plan, sales_rep,
        account_size_band, industry, country, acquisition_channel, currency, ultimate_parent, mrr,
        mrr_list_price, mrr_committed, 0 as usage, 0 as monthly_usage
    from mrr_spells
    where is_eligible
    union all
    select
        unnest([valid_from, valid_to]), unnest([1, -1]), plan, sales_rep, account_size_band,
        industry, country, acquisition_channel, currency, ultimate_parent, 0, 0, 0, amount,
        share_of(amount, 1, 3)
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
    sum(step * mrr_committed) as mrr_committed, sum(step * usage) as usage,
    sum(step * monthly_usage) as monthly_usage, 0 as accounts,
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
    day, dimension, member, 0, 0, 0, 0, 0, sum(change), 0
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
        at_end.usage as usage_last_three_months, at_end.monthly_usage as monthly_usage,
        at_end.accounts as accounts_active
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
    * exclude (monthly_usage),
    12 * mrr as arr,
    ratio(mrr, accounts_active) as arpa,
    mrr + monthly_usage as mrr_with_usage
from kpi_table('mrr_periods', ['week', 'month', 'quarter', 'year', 'r12m'], ['ultimate_parent']);
