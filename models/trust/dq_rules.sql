-- The rules stand in the contract, in the base shelf and in the checked models; here they are listed
-- with what each caught.
with rules as (
    select
        listed.table_name,
        listed.rule_kind,
        listed.rule_name,
        listed.reject_reason
    from (
        values
        {%- for table_name in landing_contract() %}
        {%- for rule in base_rules(table_name) %}
        (
            '{{ table_name }}', '{{ "common" if rule.is_common else "table" }}',
            '{{ rule.rule }}', '{{ rule.reason }}'
        ),
        {%- endfor %}
        {%- for reason in superseded_reasons() %}
        ('{{ table_name }}', 'version', '{{ reason }}', '{{ reason }}'),
        {%- endfor %}
        {%- endfor %}
        {%- for checked in checked_models() %}
        {%- set is_last = loop.last %}
        {%- for reason in checked.reasons %}
        ('{{ checked.table }}', 'across_tables', '{{ reason }}', '{{ reason }}')
        {{- ',' if not (is_last and loop.last) }}
        {%- endfor %}
        {%- endfor %}
    ) as listed (table_name, rule_kind, rule_name, reject_reason)
),

caught as (
    select
        table_name,
        shelf,
        reject_reason,
        count(*) as rows_caught,
        sum(amount) as amount_caught
    from {{ ref('dq_rejected_rows') }}
    group by table_name, shelf, reject_reason
),

final as (
    select
        rules.table_name,
        rules.rule_kind,
        rules.rule_name,
        rules.reject_reason,
        case when rules.rule_kind = 'version' then 'superseded' else 'rejected' end as row_status,
        cast(coalesce(caught.rows_caught, 0) as bigint) as rows_caught,
        cast(caught.amount_caught as decimal(38, 8)) as amount_caught,
        '{{ invocation_id }}' as build_id
    from rules
    left join caught
        on
            rules.table_name = caught.table_name
            and rules.reject_reason = caught.reject_reason
            and (rules.rule_kind = 'across_tables') = (caught.shelf = 'checked')
)

select * from final
