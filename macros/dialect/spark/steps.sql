{#- Spark reads a common table expression anew wherever it is named, so a query with a dozen of them that
    read each other grows a thousandfold, and takes minutes to plan before a row is read. Each of a long query
    is a table here while the query runs, and a temporary view gives it its name.

    Makes the steps of a query, and of the queries of its steps, and returns what reads them.
    made: a list that takes in the tables, to be dropped with `drop_steps`.
    known: which table each name in reach stands for. -#}
{% macro make_steps(relation, sql, made, known={}, prefix='') %}
    {%- set parts = split_query(sql) -%}
    {%- set reached = dict(known) -%}
    {%- for name, query in parts.steps -%}
        {%- set step = relation.incorporate(
            path={'identifier': relation.identifier ~ '__step_' ~ prefix ~ name}, type='table'
        ) -%}
        {%- set query = make_steps(relation, query, made, reached, prefix ~ name ~ '__') -%}
        {%- do run_query('drop table if exists ' ~ step) -%}
        {%- do run_query('create table ' ~ step ~ ' using parquet as ' ~ query) -%}
        {%- do made.append({'name': name, 'table': step}) -%}
        {%- do reached.update({name: step}) -%}
        {#- The steps of this step may have borne names that mean something else further on. -#}
        {%- for other, table in reached.items() -%}
            {%- do run_query('create or replace temporary view ' ~ other ~ ' as select * from ' ~ table)
                if other == name or made | selectattr('name', 'equalto', other) | list | length > 1 -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(parts.query) }}
{% endmacro %}

{% macro drop_steps(made) %}
    {%- for name in made | map(attribute='name') | unique -%}
        {%- do run_query('drop view if exists ' ~ name) -%}
    {%- endfor -%}
    {%- for step in made -%}
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
                {%- do state.update({'end': 0}) -%}
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
