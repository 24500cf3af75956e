{#- Spark reads a common table expression anew wherever it is named, so a query with a dozen of them that
    read each other grows a thousandfold, and takes minutes to plan before a row is read. In a long query
    each that is long or named more than once is a table while the query runs, others are temporary views.

    Makes the steps of a query, and of the queries of its steps, and returns what reads them.
    made: a list that takes in {name, table} of each step, for `drop_steps`; a view has no table.
    known: what each name in reach stands for. -#}
{% macro make_steps(relation, sql, made, known={}, prefix='') %}
    {%- set parts = split_query(sql) -%}
    {%- set reached = dict(known) -%}
    {%- set lengths = {} -%}
    {%- for name, query in parts.steps -%}
        {%- set earlier = made | length -%}
        {%- set query = make_steps(relation, query, made, reached, prefix ~ name ~ '__') -%}
        {%- set inner = made[earlier:] | map(attribute='name') | list -%}
        {%- set later = (parts.steps[loop.index:] | map(attribute=1) | join(' ')) ~ parts.query -%}
        {%- set step = none -%}
        {%- set length = [query | length] -%}
        {%- for view, view_length in lengths.items() if times_read(view, query) -%}
            {%- do length.append(view_length) -%}
        {%- endfor -%}
        {%- set length = length | sum -%}
        {#- A view can't read another of its name, as the query of an inner step may. -#}
        {%- if inner or length > 1500 or times_read(name, query) or times_read(name, later) > 1 -%}
            {%- set step = relation.incorporate(
                path={'identifier': relation.identifier ~ '__step_' ~ prefix ~ name}, type='table'
            ) -%}
            {%- do run_query('drop table if exists ' ~ step) -%}
            {%- do run_query('create table ' ~ step ~ ' using parquet as ' ~ query) -%}
            {%- set query = 'select * from ' ~ step -%}
        {%- else -%}
            {%- do lengths.update({name: length}) -%}
        {%- endif -%}
        {%- do made.append({'name': name, 'table': step}) -%}
        {%- do reached.update({name: query}) -%}
        {#- The steps of this step may have borne names that mean something else out here. -#}
        {%- for known_name, known_query in reached.items() if known_name == name or known_name in inner -%}
            {%- do run_query('create or replace temporary view ' ~ known_name ~ ' as ' ~ known_query) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(parts.query) }}
{% endmacro %}

{#- How often a query reads what bears a name. -#}
{% macro times_read(name, query) %}
    {{ return(modules.re.findall('(?i)\\b(?:from|join)\\s+' ~ name ~ '\\b', query) | length) }}
{% endmacro %}

{% macro drop_steps(made) %}
    {%- for name in made | map(attribute='name') | unique -%}
        {%- do run_query('drop view if exists ' ~ name) -%}
    {%- endfor -%}
    {%- for step in made if step.table -%}
        {%- do run_query('drop table if exists ' ~ step.table) -%}
    {%- endfor -%}
{% endmacro %}

{#- A query as {steps, query}: its common table expressions as pairs of name and query, and what reads
    them. No steps of a short query, or of one that is recursive. -#}
{% macro split_query(sql, longest=5000) %}
    {%- set whole = {'steps': [], 'query': sql} -%}
    {%- if sql | length <= longest -%}
        {{ return(whole) }}
    {%- endif -%}
    {%- set parts = outermost_parts(sql) -%}
    {%- if parts[0].text | lower != 'with' -%}
        {{ return(split_union(parts) or whole) }}
    {%- endif -%}
    {%- set state = {'expects': 'name', 'name': none, 'end': none} -%}
    {%- set steps = [] -%}
    {%- for part in parts[1:] if state.end is none -%}
        {%- if state.expects == 'name' and part.text | lower == 'recursive' -%}
            {{ return(whole) }}
        {%- elif state.expects == 'name' -%}
            {%- do state.update({'expects': 'query', 'name': part.text}) -%}
        {%- elif state.expects == 'query' and part.text == '(' -%}
            {%- do steps.append((state.name, part.inner)) -%}
            {%- do state.update({'expects': 'comma'}) -%}
        {%- elif state.expects == 'comma' and part.text == ',' -%}
            {%- do state.update({'expects': 'name'}) -%}
        {%- elif state.expects == 'comma' -%}
            {%- do state.update({'end': part.start}) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return({'steps': steps, 'query': sql[state.end:]} if state.end else whole) }}
{% endmacro %}

{#- A union of `select * from ( ... ) as <name>` as {steps, query}, as above; none if it is no such. -#}
{% macro split_union(parts) %}
    {%- set steps, selects = [], [] -%}
    {%- for part in parts -%}
        {%- set place = loop.index0 -%}
        {%- set expected = ['select', '*', 'from', '(', 'as', none, 'union', 'all'][place % 8] -%}
        {%- if expected is none -%}
            {%- do steps.append((part.text, parts[place - 2].inner)) -%}
            {%- do selects.append('select * from ' ~ part.text) -%}
        {%- elif part.text | lower != expected -%}
            {{ return(none) }}
        {%- endif -%}
    {%- endfor -%}
    {%- if parts | length % 8 == 6 -%}
        {{ return({'steps': steps, 'query': selects | join(' union all ')}) }}
    {%- endif -%}
{% endmacro %}

{#- What stands outside brackets as {text, start, inner}: words, commas, texts, and for what is in
    brackets one '(' with all of its inner. -#}
{% macro outermost_parts(sql) %}
    {#- Texts, quoted names and comments, brackets, commas, stars, and words. -#}
    {%- set token = "'(?:[^']|'')*'|`[^`]*`|\"[^\"]*\"|--[^\\n]*|/\\*[\\s\\S]*?\\*/|[(),*]|\\w+" -%}
    {%- set state = {'depth': 0, 'start': 0} -%}
    {%- set parts = [] -%}
    {%- for found in modules.re.finditer(token, sql) if not found.group().startswith(('--', '/*')) -%}
        {%- set text = found.group() -%}
        {%- if text == ')' -%}
            {%- do state.update({'depth': state.depth - 1}) -%}
            {%- if state.depth == 0 -%}
                {%- do parts.append({
                    'text': '(', 'start': state.start, 'inner': sql[state.start + 1:found.start()]
                }) -%}
            {%- endif -%}
        {%- elif state.depth == 0 and text != '(' -%}
            {%- do parts.append({'text': text, 'start': found.start(), 'inner': none}) -%}
        {%- elif text == '(' -%}
            {%- if state.depth == 0 -%}
                {%- do state.update({'start': found.start()}) -%}
            {%- endif -%}
            {%- do state.update({'depth': state.depth + 1}) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(parts) }}
{% endmacro %}
