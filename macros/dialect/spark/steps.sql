{#- Spark reads a common table expression anew wherever it is named, so a query with a dozen of them that
    read each other grows a thousandfold, and takes minutes to plan before a row is read. A part of a long
    query that would make it longer by `growth` characters is a table while the query runs, which takes
    about as long as to plan those; other parts stand before what reads them.

    Makes the steps of a query, and of the queries of its steps, and returns what reads them.
    made: a list that takes in the tables of the steps, for `drop_steps`.
    known: the query that each name in reach stands for; it reads tables only. -#}
{% macro make_steps(relation, sql, made, known={}, prefix='', growth=10000) %}
    {%- set parts = split_query(sql) -%}
    {%- set reached = dict(known) -%}
    {%- for name, query in parts.steps -%}
        {%- set query = make_steps(relation, query, made, reached, prefix ~ name ~ '__', growth) -%}
        {%- set later = (parts.steps[loop.index:] | map(attribute=1) | join(' ')) ~ parts.query -%}
        {%- if query | length * times_read(name, later) > growth -%}
            {%- set step = relation.incorporate(
                path={'identifier': relation.identifier ~ '__step_' ~ prefix ~ name}, type='table'
            ) -%}
            {%- do run_query('drop table if exists ' ~ step) -%}
            {%- do run_query('create table ' ~ step ~ ' using parquet as ' ~ query) -%}
            {%- do made.append(step) -%}
            {%- set query = 'select * from ' ~ step -%}
        {%- endif -%}
        {%- do reached.update({name: query}) -%}
    {%- endfor -%}
    {{ return(with_known(parts.query, reached)) }}
{% endmacro %}

{#- A query before which stands what the names stand for that it reads. -#}
{% macro with_known(query, known) %}
    {%- set read = [] -%}
    {%- for name, definition in known.items() if times_read(name, query) -%}
        {%- do read.append(name ~ ' as (' ~ definition ~ ')') -%}
    {%- endfor -%}
    {{ return('with ' ~ read | join(', ') ~ ' select * from (' ~ query ~ ')' if read else query) }}
{% endmacro %}

{#- How often a query reads what bears a name. -#}
{% macro times_read(name, query) %}
    {{ return(modules.re.findall('(?i)\\b(?:from|join)\\s+' ~ name ~ '\\b', query) | length) }}
{% endmacro %}

{% macro drop_steps(made) %}
    {%- for step in made -%}
        {%- do run_query('drop table if exists ' ~ step) -%}
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
