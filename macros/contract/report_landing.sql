{#- What scripts/check_landing prints, as one JSON note: what was delivered, before any model runs.

    needs: what KPIs need, in the words of their YAML.
    The note: {problems, tables, needs}. `problems` are the lines with which a build would stop; of a
    raw table the note has where it was found, the columns that it lacks or that nobody knows, its
    rows, how many values are not of their column's type, and how many rows the base shelf would
    reject; `needs` says of each whether it was delivered. -#}
{% macro report_landing(needs) %}
    {%- do check_time_zone() -%}
    {%- set problems = place_problems() -%}
    {%- set deliveries = {} -%}
    {%- for table_name in landing_contract() -%}
        {%- do deliveries.update({table_name: landing_delivery(table_name)}) -%}
    {%- endfor -%}
    {#- Where nothing is, the place is the problem, and not each table. -#}
    {%- set is_empty = not deliveries.values() | selectattr('readers') | list
        and not deliveries.values() | selectattr('problems') | list -%}
    {%- set tables = [] -%}
    {%- for table_name, delivery in deliveries.items() if not (is_empty and problems) -%}
        {%- set table = table_report(table_name, delivery) -%}
        {%- do problems.extend(table.problems) -%}
        {%- do tables.append(table) -%}
    {%- endfor -%}
    {%- set report = {
        'problems': problems,
        'tables': tables,
        'needs': needs_delivered(needs, deliveries) if tables else {},
    } -%}
    {%- do log(tojson(report), info=true) -%}
{% endmacro %}

{#- The part of the note about one raw table. -#}
{% macro table_report(table_name, delivery) %}
    {%- set contract = landing_contract()[table_name] -%}
    {%- set wrong = table_problems(table_name, delivery, true) -%}
    {%- set table = {
        'table': table_name,
        'is_required': contract.is_required,
        'found': [],
        'missing_required': [],
        'missing': [],
        'unknown': [],
        'rows': none,
        'values': {},
        'rejected': {},
        'problems': wrong.unreadable + wrong.shape,
    } -%}
    {%- for reader in delivery.readers -%}
        {%- do table.found.extend(reader.files or [reader.source | string | replace('"', '')]) -%}
        {%- for name, column in contract.columns.items() if name not in reader.columns -%}
            {%- if is_required_column(column) and name not in table.missing_required -%}
                {%- do table.missing_required.append(name) -%}
            {%- elif not is_required_column(column) and name not in delivered_names(delivery)
                and name not in table.missing -%}
                {%- do table.missing.append(name) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- for name, column in reader.columns.items()
            if name not in contract.columns and name not in contract.common
            and column.name not in table.unknown -%}
            {%- do table.unknown.append(column.name) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- if delivery.readers and not wrong.unreadable -%}
        {%- do table.update(value_counts(table_name, delivery)) -%}
        {%- if not wrong.shape -%}
            {%- set rejected = rejection_counts(table_name, delivery) -%}
            {%- do table.update({'rejected': rejected.reasons}) -%}
            {%- do table.problems.extend(rejected.problems) -%}
        {%- endif -%}
    {%- endif -%}
    {{ return(table) }}
{% endmacro %}

{#- Rows of a delivered table, and for each column with a type its values and those not of it:
    {rows, values: {column: [values, unparsable values]}}. -#}
{% macro value_counts(table_name, delivery) %}
    {%- set contract = landing_contract()[table_name] -%}
    {%- set typed = {} -%}
    {%- for name, column in (contract.columns.items() | list) + (contract.common.items() | list)
        if column.type != 'text' -%}
        {%- do typed.update({name: column.type}) -%}
    {%- endfor -%}
    {%- set query -%}
        select
            count(*)
            {%- for name, type in typed.items() %},
            count({{ name }}),
            count(*) filter (where {{ is_unparsable(name, type) }})
            {%- endfor %}
        from ({{ trimmed_rows(table_name, '(' ~ landing_view(table_name, delivery) ~ ')') }})
    {%- endset -%}
    {%- set row = run_query(query).rows[0] -%}
    {%- set values = {} -%}
    {%- for name in typed -%}
        {%- do values.update({name: [row[2 * loop.index - 1] | int, row[2 * loop.index] | int]}) -%}
    {%- endfor -%}
    {{ return({'rows': row[0] | int, 'values': values}) }}
{% endmacro %}

{#- The rows of a delivered table that the base shelf would reject: {reasons: {reason: rows},
    problems}. Rules that need another table come later in a build and are not tried here. -#}
{% macro rejection_counts(table_name, delivery) %}
    {%- set landed = '(' ~ landing_view(table_name, delivery) ~ ')' -%}
    {%- set query -%}
        select row_status, reject_reason, count(*), coalesce(sum(abs(amount)), 0)
        from (
            select row_status, reject_reason, {{ row_money(table_name, 'shelf_rows') }} as amount
            from ({{ base_rows(table_name, landed) }}) as shelf_rows
        )
        group by row_status, reject_reason
        order by count(*) desc, reject_reason
    {%- endset -%}
    {%- set sums = {'landed': 0, 'judged': 0, 'rejected': 0, 'money': 0, 'money_rejected': 0} -%}
    {%- set reasons = {} -%}
    {%- for status, reason, rows, money in run_query(query).rows -%}
        {%- do sums.update({'landed': sums.landed + (rows | int)}) -%}
        {%- if status != 'superseded' -%}
            {%- do sums.update({'judged': sums.judged + (rows | int), 'money': sums.money + money}) -%}
        {%- endif -%}
        {%- if status == 'rejected' -%}
            {%- do reasons.update({reason: rows | int}) -%}
            {%- do sums.update({
                'rejected': sums.rejected + (rows | int), 'money_rejected': sums.money_rejected + money
            }) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set row_share = sums.rejected / (sums.judged or 1) -%}
    {%- set money_share = sums.money_rejected / (sums.money or 1) -%}
    {%- set problems = [] -%}
    {%- if [row_share, money_share | float] | max > var('rejection_threshold') -%}
        {%- set named = [] -%}
        {%- for reason, rows in reasons.items() -%}
            {%- do named.append(reason ~ ' ' ~ rows) -%}
        {%- endfor -%}
        {%- do problems.append(
            rejection_line(
                table_name, sums.rejected, sums.landed, (100 * row_share) | round(2),
                (100 * (money_share | float)) | round(2), named | join(', ')
            ) ~ " See docs/landing_contract.md#" ~ table_name ~ "."
        ) -%}
    {%- endif -%}
    {{ return({'reasons': reasons, 'problems': problems}) }}
{% endmacro %}

{#- Whether each of the needs was delivered: need to true or false. -#}
{% macro needs_delivered(needs, deliveries) %}
    {%- set query -%}
        with landed as ({{ landing_availability(deliveries) }})
        {% for need in needs %}
        select {{ sql_literal(need) }} as need, {{ is_delivered([need], 'landed') }} as is_delivered
        {{ 'union all' if not loop.last }}
        {% endfor %}
    {%- endset -%}
    {%- set answers = {} -%}
    {%- for need, is_delivered in run_query(query).rows if needs -%}
        {%- do answers.update({need: is_delivered}) -%}
    {%- endfor -%}
    {{ return(answers) }}
{% endmacro %}
