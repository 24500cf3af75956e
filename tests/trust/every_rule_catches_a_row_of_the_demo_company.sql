{{ config(enabled=(var('landing') == 'seeds')) }}
-- A rule that catches nothing may be no rule at all. Each rule of a table, across tables and of
-- versions has a row in the demo company that it catches; each common rule has one in every table
-- where one more bad row would still be less than a hundredth. Where there is no such room (the
-- table is small), and in every single column, tests/python/test_quarantine.py proves the common
-- rules on a delivery that breaks them all.
{#- Not in the demo company: its sources deliver no bytes, so that `missing_source` can be seen. -#}
{%- set elsewhere = [
    ('web_events', 'negative_bytes_sent'),
    ('web_sessions', 'negative_bytes_sent'),
    ('web_events', 'implausible_<column>'),
] %}
with rules as (
    select
        table_name,
        rule_kind,
        rule_name,
        sum(rows_caught) as rows_caught
    from {{ ref('dq_rules') }}
    group by table_name, rule_kind, rule_name
),

tables as (
    select
        table_name,
        rows_landed - rows_superseded - 100 * rows_rejected >= 100 as has_room
    from {{ ref('dq_conservation') }}
)

select
    rules.table_name,
    rules.rule_kind,
    rules.rule_name
from rules
left join tables on rules.table_name = tables.table_name
where
    rules.rows_caught = 0
    and (rules.rule_kind != 'common' or tables.has_room)
    {%- for table_name, rule_name in elsewhere %}
    and not (rules.table_name = '{{ table_name }}' and rules.rule_name = '{{ rule_name }}')
    {%- endfor %}
