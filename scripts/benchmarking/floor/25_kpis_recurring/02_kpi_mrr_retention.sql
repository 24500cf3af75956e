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
