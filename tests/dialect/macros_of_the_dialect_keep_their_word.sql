-- Every macro that engines have in different words gives the same on each. A row is a case that
-- does not hold. Those of landing, building and hashing have their tests where they are used.
{%- set moments = " from (select array_agg(item) as items from"
    ~ " (select timestamp '2025-01-01 10:00:00' as item"
    ~ " union all select timestamp '2025-01-01 12:00:00' as item) as listed) as lists)" %}
{%- set two_texts = " from (select 'a' as word union all select 'b' as word) as words)" %}
{%- set spells = [
    "'day', -5, 1, 'a'", "'day', 2, 2, 'b'", "'day', 3, 999999, 'c'", "'day', 2, 1, 'x'",
    "'day', null, 2, 'x'", "'week', 1, 1, 'd'", "'year', 1, 1, 'x'",
] | join(' union all select ') %}
{%- set periods = ["'day', 1", "'day', 2", "'day', 3", "'week', 1"] | join(' union all select ') %}
{%- set written = [
    ['integer', "'12.0'", '12'], ['integer', "'1.5'", 'null'],
    ['integer', "'99999999999999999999'", 'null'],
    ['decimal', "'-1e2'", '-100'], ['decimal', "'.5'", '0.5'], ['decimal', "'0x1'", 'null'],
    ['rate', "'infinity'", 'null'], ['boolean', "'TRUE'", 'true'], ['boolean', "'0'", 'false'],
    ['boolean', "'yes'", 'null'], ['date', "'2025-02-28'", "date '2025-02-28'"],
    ['date', "'2025-02-28T23:30:00-05:00'", "date '2025-02-28'"], ['date', "'2025-02-30'", 'null'],
    ['date', "'0000-01-01'", 'null'], ['date', "'28.02.2025'", 'null'],
    ['timestamp', "'2025-02-28T23:30:00-05:00'", "timestamp '2025-03-01 04:30:00'"],
    ['timestamp', "'2025-02-28 23:30'", "timestamp '2025-02-28 23:30:00'"],
    ['timestamp', "'2025-02-28 23:30:01.25Z'", "timestamp '2025-02-28 23:30:01.25'"],
    ['timestamp', "'2025-02-28 23:30:00 UTC'", "timestamp '2025-02-28 23:30:00'"],
    ['timestamp', "'2025-02-28 23:30:00+01'", "timestamp '2025-02-28 22:30:00'"],
    ['timestamp', "'2025-02-28 23:30:00+0130'", "timestamp '2025-02-28 22:00:00'"],
    ['timestamp', "'2025-02-28 25:00:00'", 'null'],
] %}
{%- set cases = [
    ['addable', 'cast(' ~ addable('0.000000000001') ~ ' + ' ~ addable('1') ~ ' - ' ~ addable('3')
        ~ ' as string)', "'-1.999999999999'"],
    ['columns_except', '(select max(b) from (select ' ~ columns_except(['a'], 'pairs')
        ~ ' from (select 1 as a, 2 as b) as pairs) as kept)', '2'],
    ['columns_as_json', columns_as_json(['a', 'b'], 'pairs'), "'{\"a\":\"1\",\"b\":null}'"],
    ['dates_between', dates_between(
        "timestamp '2025-03-01 12:00:00'", "timestamp '2025-03-03 12:00:00'"
    ), '2'],
    ['days_between', days_between("date '2025-03-01'", "date '2025-02-27'"), '-2'],
    ['days_between null', days_between('cast(null as date)', "date '2025-02-27'"), 'null'],
    ['date_series', "(select count(*) from (select "
        ~ date_series("date '2025-02-27'", "date '2025-03-02'") ~ ' as day) as days)', '4'],
    ['date_series backwards', "(select count(*) from (select "
        ~ date_series("date '2025-03-02'", "date '2025-03-01'") ~ ' as day) as days)', '0'],
    ['date_series of nothing', "(select count(*) from (select "
        ~ date_series('cast(null as date)', "date '2025-03-01'") ~ ' as day) as days)', '0'],
    ['earliest', earliest("date '2025-03-02'", 'cast(null as date)', "date '2025-03-01'"),
        "date '2025-03-01'"],
    ['earliest of one', earliest("date '2025-03-02'"), "date '2025-03-02'"],
    ['first_moment_from', '(select ' ~ first_moment_from('items', "timestamp '2025-01-01 10:30:00'")
        ~ moments, "timestamp '2025-01-01 12:00:00'"],
    ['first_moment_from too late', '(select '
        ~ first_moment_from('items', "timestamp '2025-01-01 12:30:00'") ~ moments, 'null'],
    ['hours_between', hours_between(
        "timestamp '2025-01-01 10:30:00'", "timestamp '2025-01-01 12:00:00'"
    ), '1.5'],
    ['integer_divide', integer_divide(
        wide_integer('100000000000000000007'), wide_integer('10')
    ), '10000000000000000000'],
    ['is_pattern', is_pattern("'abc'", "'[a-c]+'"), 'true'],
    ['is_pattern in part', is_pattern("'abcd'", "'[a-c]+'"), 'false'],
    ['is_pattern of one of two', is_pattern("'ad'", "'a|b'"), 'false'],
    ['is_pattern of white space', is_pattern("'a b'", "'[^[:space:]]+'"), 'false'],
    ['joined_texts', "(select " ~ joined_texts('word', "', '", 'word desc')
        ~ " from (select 'a' as word union all select 'c' as word union all select 'b' as word)"
        ~ ' as words)', "'c, b, a'"],
    ['list_of', 'array_contains(' ~ list_of("'a'") ~ ", 'a')", 'true'],
    ['matches_pattern', matches_pattern("'xabx'", "'a[b]'"), 'true'],
    ['matches_pattern not', matches_pattern("'xacx'", "'a[b]'"), 'false'],
    ['microseconds', microseconds("timestamp '1970-01-01 00:00:01.000002'"), '1000002'],
    ['money_multiply', money_multiply('cast(0.3333 as decimal(18, 4))', 'cast(0.5 as decimal(18, 8))'),
        'cast(0.1667 as decimal(18, 4))'],
    ['money_multiply of millions', money_multiply(
        'cast(99999999999.9999 as decimal(18, 4))', 'cast(3 as decimal(18, 8))'
    ), 'cast(299999999999.9997 as decimal(18, 4))'],
    ['money_share', money_share('cast(-100 as decimal(18, 4))', '1', '3'),
        'cast(-33.3333 as decimal(18, 4))'],
    ['money_share of nothing', money_share('cast(100 as decimal(18, 4))', '1', '0'), 'null'],
    ['months_after', months_after("date '2025-01-31'", '1'), "date '2025-02-28'"],
    ['months_after the last of a month', months_after("date '2025-02-28'", '1'), "date '2025-03-28'"],
    ['number_text', number_text('cast(1200.50 as decimal(18, 4))'), "'1200.5'"],
    ['number_text of a whole one', number_text('cast(100 as decimal(18, 4))'), "'100'"],
    ['passing_over_nulls', '(select max(seen) from (select ' ~ passing_over_nulls('last_value', 'b')
        ~ ' over (order by a rows between unbounded preceding and current row) as seen from'
        ~ ' (select 1 as a, 5 as b union all select 2 as a, null as b) as pairs) as filled'
        ~ ' where seen is not null)', '5'],
    ['quoted', quoted("it's"), "concat('it', chr(39), 's')"],
    ['quoted nothing', quoted(''), 'null'],
    ['replace_pattern', replace_pattern("'a-b-c'", "'[^a-z]'"), "'abc'"],
    ['reporting_date', reporting_date(reporting_midnight("date '2025-07-01'")), "date '2025-07-01'"],
    ['row_as_json', row_as_json('pairs'), "'{\"a\":1,\"b\":null}'"],
    ['running_product', '(select max(made) from (select '
        ~ running_product('cast(a as double)', 'b', 'a')
        ~ ' as made from (select 2 as a, 1 as b union all select 3 as a, 1 as b) as factors) as products)',
        '6'],
    ['rows_hash', '(select ' ~ rows_hash('word') ~ two_texts,
        '(select ' ~ rows_hash('word') ~ two_texts | replace("'a'", "'c'") | replace("'b'", "'a'")
        | replace("'c'", "'b'")],
    ['safe_ratio', safe_ratio('1', '4'), '0.25'],
    ['safe_ratio of nothing', safe_ratio('1', '0'), 'null'],
    ['sign_of', sign_of('cast(-2.5 as decimal(18, 4))') ~ ' * cast(1.5 as decimal(18, 4))', '-1.5'],
    ['spread_over_periods', "(select " ~ joined_texts(
        'concat(period_grain, period_index, mark)', "' '", 'period_grain, period_index'
    ) ~ " from (" ~ spread_over_periods(
        '(select * from (select ' ~ spells ~ ') as rows_of (period_grain, from_index, to_index, mark))',
        '(select * from (select ' ~ periods ~ ') as rows_of (period_grain, period_index))', ['mark']
    ) ~ ") as spread)", "'day1a day2b day3c week1d'"],
    ['trimmed_text', trimmed_text("'\t\u00a0a b\u2028\u0085'"), "'a b'"],
    ['trimmed_text of white space', trimmed_text("'\f\u3000'"), 'null'],
    ['wide_integer', wide_integer('cast(99999999999999999999999999999 as decimal(38, 0))'),
        'cast(99999999999999999999999999999 as decimal(38, 0))'],
] %}
{%- for type, text, value in written %}
{%- set name = 'parse_value ' ~ type ~ ' ' ~ text[1:-1] %}
{%- do cases.append([name, parse_value(text, type), value]) %}
{%- endfor %}
with pairs as (
    select
        1 as a,
        cast(null as integer) as b
)

{% for name, given, expected in cases %}
select '{{ name }}' as broken_case
from pairs
where {{ given }} is distinct from {{ expected }}
{{ 'union all' if not loop.last }}
{% endfor %}
