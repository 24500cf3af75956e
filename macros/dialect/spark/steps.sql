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
    {#- Texts, quoted names and comments, brackets, commas, and words. -#}
    {%- set token = "'(?:[^']|'')*'|`[^`]*`|\"[^\"]*\"|--[^\\n]*|/\\*[\\s\\S]*?\\*/|[(),]|\\w+" -%}
    {%- set state = {'depth': 0, 'expects': 'with', 'name': none, 'start': 0, 'end': none} -%}
    {%- set steps = [] -%}
    {%- for found in modules.re.finditer(token, sql) if state.end is none -%}
        {%- set text = found.group() -%}
        {%- if text.startswith(('--', '/*')) -%}
        {%- elif text == '(' -%}
            {%- if state.depth == 0 and state.expects == 'query' -%}
                {%- do state.update({'start': found.end()}) -%}
            {%- endif -%}
            {%- do state.update({'depth': state.depth + 1}) -%}
        {%- elif text == ')' -%}
            {%- do state.update({'depth': state.depth - 1}) -%}
            {%- if state.depth == 0 and state.expects == 'query' -%}
                {%- do steps.append((state.name, sql[state.start:found.start()])) -%}
                {%- do state.update({'expects': 'comma'}) -%}
            {%- endif -%}
        {%- elif state.depth > 0 -%}
        {%- elif state.expects == 'with' -%}
            {%- if text | lower != 'with' -%}
                {{ return(split_union(sql) or whole) }}
            {%- endif -%}
            {%- do state.update({'expects': 'name'}) -%}
        {%- elif state.expects == 'name' -%}
            {%- if text | lower == 'recursive' -%}
                {%- do state.update({'end': 0}) -%}
            {%- endif -%}
            {%- do state.update({'expects': 'as', 'name': text}) -%}
        {%- elif state.expects == 'as' -%}
            {%- do state.update({'expects': 'query'}) -%}
        {%- elif state.expects == 'comma' -%}
            {%- if text == ',' -%}
                {%- do state.update({'expects': 'name'}) -%}
            {%- else -%}
                {%- do state.update({'end': found.start()}) -%}
            {%- endif -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return({'steps': steps, 'query': sql[state.end:]} if state.end else whole) }}
{% endmacro %}

{#- A union of `select * from ( ... ) as <name>` as {steps, query}, as above; none if it is no such. -#}
{% macro split_union(sql) %}
    {%- set token = "'(?:[^']|'')*'|`[^`]*`|--[^\\n]*|/\\*[\\s\\S]*?\\*/|[()]|[\\w*]+" -%}
    {%- set state = {'depth': 0, 'start': 0, 'query': ''} -%}
    {%- set words, steps = [], [] -%}
    {%- for found in modules.re.finditer(token, sql) -%}
        {%- set text = found.group() -%}
        {%- if text.startswith(('--', '/*')) -%}
        {%- elif text == '(' -%}
            {%- do state.update({'depth': state.depth + 1}) -%}
            {%- if state.depth == 1 -%}
                {%- do state.update({'start': found.end()}) -%}
                {%- do words.append('(') -%}
            {%- endif -%}
        {%- elif text == ')' -%}
            {%- do state.update({'depth': state.depth - 1}) -%}
            {%- if state.depth == 0 -%}
                {%- do state.update({'query': sql[state.start:found.start()]}) -%}
            {%- endif -%}
        {%- elif state.depth == 0 -%}
            {%- if words and words[-1] == 'as' -%}
                {%- do steps.append((text, state.query)) -%}
                {%- do words.append('<name>') -%}
            {%- else -%}
                {%- do words.append(text | lower) -%}
            {%- endif -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set branches = [] -%}
    {%- set selects = [] -%}
    {%- for name, query in steps -%}
        {%- do branches.append('select * from ( as <name>') -%}
        {%- do selects.append('select * from ' ~ name) -%}
    {%- endfor -%}
    {%- if steps and words | join(' ') == branches | join(' union all ') -%}
        {{ return({'steps': steps, 'query': selects | join(' union all ')}) }}
    {%- endif -%}
{% endmacro %}
