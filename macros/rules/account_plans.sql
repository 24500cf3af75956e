{#- The plan of accounts on the days on which their members are read: that of the oldest contract
    running on the day, or up to that day. Columns: account_id, member_date, plan; no row for an
    account without a contract.

    relation: has account_id and member_date. plans: contracts, as int_subscriptions__spells. -#}
{% macro account_plans(relation, plans='plans') %}
select
    days.account_id,
    days.member_date,
    {{ plans }}.plan
from (select distinct account_id, member_date from {{ relation }}) as days
inner join {{ plans }}
    on
        days.account_id = {{ plans }}.account_id
        and days.member_date >= {{ plans }}.valid_from
        and days.member_date <= {{ plans }}.valid_to
qualify
    row_number() over (
        partition by days.account_id, days.member_date
        order by
            {{ plans }}.valid_to > days.member_date desc,
            {{ plans }}.start_date asc,
            {{ plans }}.subscription_id asc,
            {{ plans }}.valid_from desc
    ) = 1
{%- endmacro %}
