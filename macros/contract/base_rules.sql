{#- Every rule by which the base shelf of a raw table rejects a row, in the order in which they are
    tried: {rule, reason, when, is_common}. This is the one place where they stand.

    `rule` is the reason as docs/landing_contract.md names it (`missing_<column>`), `when` a
    condition over the typed columns, before defaults fill them for `unparsable_<column>`, which
    reads the trimmed text as `<column>_text` too.
    Rules that are not `is_common` are the table's own, from its landing YAML. -#}
{% macro base_rules(table_name) %}
    {%- set contract = landing_contract()[table_name] -%}
    {%- set own = contract.columns -%}
    {%- set columns = {} -%}
    {%- do columns.update(own) -%}
    {%- do columns.update(contract.common) -%}
    {%- set earliest = "'" ~ var('earliest_plausible_date') ~ "'" -%}
    {%- set latest = "'" ~ var('latest_plausible_date') ~ "'" -%}
    {%- set found = [] -%}
    {%- for name, column in columns.items() if column.type != 'text' -%}
        {%- do found.append(
            ['unparsable_<column>', name, name ~ '_text is not null and ' ~ name ~ ' is null']
        ) -%}
    {%- endfor -%}
    {%- for name, column in own.items() if is_required_column(column) -%}
        {%- do found.append(['missing_<column>', name, name ~ ' is null']) -%}
    {%- endfor -%}
    {%- for name, column in own.items() if column.accepted is defined -%}
        {%- set accepted = "'" ~ column.accepted | join("', '") ~ "'" -%}
        {%- do found.append(['unknown_<column>', name, name ~ ' not in (' ~ accepted ~ ')']) -%}
    {%- endfor -%}
    {%- for name, column in own.items() if column.pattern is defined -%}
        {%- do found.append([
            'invalid_<column>', name,
            'not ' ~ is_pattern(name, "'" ~ column.pattern ~ "'")
        ]) -%}
    {%- endfor -%}
    {%- do found.append([
        'invalid_source_name', '',
        "contains(source_name, ':') or source_name in ('person', 'guest', 'contact')"
    ]) -%}
    {%- do found.append([
        'implausible_loaded_at', '',
        'loaded_at < ' ~ earliest ~ ' or loaded_at >= ' ~ latest
    ]) -%}
    {%- if contract.event -%}
        {%- do found.append([
            'implausible_date', '',
            contract.event ~ ' < ' ~ earliest ~ ' or ' ~ contract.event ~ ' >= ' ~ latest
        ]) -%}
        {%- if own[contract.event].type == 'timestamp' -%}
            {%- do found.append(
                ['future_event', '', contract.event ~ ' > loaded_at + interval 24 hour']
            ) -%}
        {%- endif -%}
    {%- endif -%}
    {#- A later one is not known yet at the data's clock, and a year 9999 stands for never. -#}
    {%- for name in contract.also_dated_by -%}
        {%- do found.append(['implausible_<column>', name, name ~ ' < ' ~ earliest]) -%}
    {%- endfor -%}
    {%- for name, column in own.items() if column.type in ('decimal', 'integer') -%}
        {%- do found.append(
            ['implausible_<column>', name, 'abs(' ~ name ~ ') >= ' ~ implausible_amount()]
        ) -%}
    {%- endfor -%}
    {%- set rules = [] -%}
    {%- for rule, name, condition in found -%}
        {%- do rules.append({
            'rule': rule, 'reason': rule | replace('<column>', name), 'when': condition,
            'is_common': true,
        }) -%}
    {%- endfor -%}
    {%- for rule in contract.rules -%}
        {%- do rules.append({
            'rule': rule.reason, 'reason': rule.reason, 'when': rule.when, 'is_common': false,
        }) -%}
    {%- endfor -%}
    {{ return(rules) }}
{% endmacro %}

{#- Numbers from here on are not believed: later sums could not hold them. -#}
{% macro implausible_amount() -%}
    1000000000000
{%- endmacro %}

{#- Why a good row gives way to another one with its key. -#}
{% macro superseded_reasons() %}
    {{ return(['exact_duplicate', 'conflicting_version', 'superseded_version']) }}
{% endmacro %}
