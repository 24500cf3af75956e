{#- A row for each rule that is broken, with how many rows break it and the query that shows them.
    No row: all rules hold.

    rules: list of {rule, relation, breaks, shown}. `relation` is a table or a query with a name,
    `breaks` a condition that is true for the rows that break the rule; `shown` stands for the
    relation in the query that is reported, if it can be had shorter. All rules of one relation are
    counted in one scan. -#}
{% macro broken_rules(rules) %}
{%- if not rules -%}
    {{ exceptions.raise_compiler_error("A test without a rule cannot fail: name one, or remove it.") }}
{%- endif -%}
{%- set node = tested_node() -%}
{%- set scans = {} -%}
{%- for rule in rules -%}
    {%- do rule.update({'number': loop.index}) -%}
    {%- do scans.setdefault(rule.relation | string, []).append(rule) -%}
{%- endfor -%}
with
{%- for relation, scanned in scans.items() %}
judged_{{ loop.index }} as (
    select
        {%- for rule in scanned %}
        {{ rule.breaks }} as breaks_{{ rule.number }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ relation }}
),

counted_{{ loop.index }} as (
    select
        {%- for rule in scanned %}
        count(*) filter (where breaks_{{ rule.number }}) as rows_{{ rule.number }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from judged_{{ loop.index }}
),
{% endfor %}
rules (number, rule, rows_query) as (
    values
    {%- for rule in rules %}
    ({{ rule.number }}, {{ sql_literal(rule.rule) }}, {{ sql_literal(rows_query(rule, node)) }})
    {{- ',' if not loop.last }}
    {%- endfor %}
),

counted as (
    select
        rules.rule,
        case rules.number
            {%- for rule in rules %}
            when {{ rule.number }} then rows_{{ rule.number }}
            {%- endfor %}
        end as rows_broken,
        rules.rows_query
    from rules
    {%- for _ in scans %}
    cross join counted_{{ loop.index }}
    {%- endfor %}
)

select rule, rows_broken, rows_query
from counted
where rows_broken > 0
{% endmacro %}

{#- The query that shows the rows that break a rule, on one line. -#}
{% macro rows_query(rule, node) %}
    {%- set query = 'select * from ' ~ (rule.shown or rule.relation) ~ ' where ' ~ rule.breaks -%}
    {%- set query = query | replace(node.relation_name, node.schema ~ '.' ~ node.alias) -%}
    {{ return(query.split() | join(' ')) }}
{% endmacro %}

{#- The node that the running test is declared on. -#}
{% macro tested_node() %}
    {{ return(graph.nodes[model.attached_node]) }}
{% endmacro %}
