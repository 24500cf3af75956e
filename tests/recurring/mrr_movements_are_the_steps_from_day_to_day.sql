-- Days on which an account's MRR by members does not change by its movements, at tolerance 0.
{%- set key %}
        account_id, plan, sales_rep, account_size_band, industry, country, acquisition_channel,
        currency, ultimate_parent
{%- endset %}
with steps as (
    select
        {{ key }},
        valid_from as step_date,
        mrr as difference
    from {{ ref('fct_mrr_spells') }}
    union all
    select
        {{ key }},
        valid_to as step_date,
        -mrr as difference
    from {{ ref('fct_mrr_spells') }}
    where valid_to < date '9999-12-31'
    union all
    select
        {{ key }},
        movement_date as step_date,
        -mrr_change as difference
    from {{ ref('fct_mrr_movements') }}
)

select
    {{ key }},
    step_date,
    sum(difference) as unexplained
from steps
group by all
having sum(difference) != 0
