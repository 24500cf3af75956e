{#- A temporary view of all files below the folder of raw tables: path, modificationTime, length, content.
    What is not asked for is not read. Files whose names begin with a dot or an underscore are left out. -#}
{% macro spark_files_below(folder) %}
    {%- do run_query(
        'create or replace temporary view files_below using binaryFile options (path '
        ~ sql_literal(folder) ~ ", recursiveFileLookup 'true')"
    ) -%}
{%- endmacro %}

{#- A path as Spark tells it, as the user wrote it: local ones without their scheme. -#}
{% macro spark_path(column_sql) -%}
    regexp_replace({{ column_sql }}, '^file:/+', '/')
{%- endmacro %}

{#- How the files of one raw table are read, as macro `landing_readers` says. Files of one shape that fill
    a folder are read together, others one by one. A CSV file becomes a table of the metastore, and stays
    where it is: a view can't say how one is read. -#}
{% macro spark_landing_readers(table_name, files) %}
    {%- set found = {'readers': [], 'problems': []} -%}
    {%- set broken = spark_broken_files(table_name, files) -%}
    {%- do found.problems.extend(broken.values()) -%}
    {%- set good = files | rejectattr('path', 'in', broken.keys() | list) | list -%}

    {%- set csv_paths = good | selectattr('kind', 'equalto', 'csv') | map(attribute='path') | list -%}
    {%- set headers = {} -%}
    {%- for path in csv_paths -%}
        {%- set line = spark_first_line(path) -%}
        {%- set problem = header_problem(table_name, path, line) -%}
        {%- if problem -%}
            {%- do found.problems.append(problem) -%}
        {%- else -%}
            {%- do headers.setdefault(line, []).append(path) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for line, paths in headers.items() -%}
        {%- set columns = csv_header(line) -%}
        {%- for place in spark_places(paths, files) -%}
            {%- set relation = api.Relation.create(
                schema='landing', identifier=table_name ~ '__files_' ~ local_md5(place.path)[:8]
            ) -%}
            {%- do adapter.create_schema(relation) -%}
            {%- do run_query('drop table if exists ' ~ relation) -%}
            {%- set names = columns.values() | map(attribute='name') | list -%}
            {%- do run_query(spark_csv_table(relation, place.path, names)) -%}
            {%- do found.readers.append({
                'kind': 'csv', 'files': place.files, 'columns': columns,
                'source': '(select * from ' ~ relation
            }) -%}
        {%- endfor -%}
    {%- endfor -%}

    {%- set shapes = {} -%}
    {%- for path in good | selectattr('kind', 'equalto', 'parquet') | map(attribute='path') -%}
        {%- set columns = {} -%}
        {%- for row in run_query('describe query select * from parquet.`' ~ path ~ '`').rows -%}
            {%- do columns.update(
                {row[0] | trim | lower: {'name': row[0], 'type': row[1] | upper}}
            ) -%}
        {%- endfor -%}
        {%- do shapes.setdefault(tojson(columns), []).append(path) -%}
    {%- endfor -%}
    {%- for columns, paths in shapes.items() -%}
        {%- for place in spark_places(paths, files) -%}
            {%- do found.readers.append({
                'kind': 'parquet', 'files': place.files, 'columns': fromjson(columns),
                'source': '(select * from parquet.`' ~ place.path ~ '`'
            }) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}

{#- Where files of one shape are: their folder, if a raw table has no others, else each by itself. -#}
{% macro spark_places(paths, files) %}
    {%- if paths | length > 1 and paths | length == files | length -%}
        {{ return([{'path': paths[0].rsplit('/', 1)[0], 'files': paths}]) }}
    {%- endif -%}
    {%- set places = [] -%}
    {%- for path in paths -%}
        {%- do places.append({'path': path, 'files': [path]}) -%}
    {%- endfor -%}
    {{ return(places) }}
{% endmacro %}

{#- Files whose first and last bytes are not what their name says: path to the line that says so. -#}
{% macro spark_broken_files(table_name, files) %}
    {%- set broken = {} -%}
    {%- for path in files | selectattr('is_packed') | map(attribute='path') -%}
        {%- set query -%}
            select hex(left(content, 4)), hex(right(content, 4)), length
            from binaryFile.`{{ path }}`
            where length <= 67108864
        {%- endset -%}
        {%- for row in run_query(query).rows if packing_problem(table_name, path, *row) -%}
            {%- do broken.update({path: packing_problem(table_name, path, *row)}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(broken) }}
{% endmacro %}

{#- A temporary view over a CSV file, every column text. Models of one session see each other's, so its
    name says of which file it is. -#}
{% macro spark_csv_view(name, path, columns, options) -%}
    create or replace temporary view {{ name }} ({{ spark_text_columns(columns) }})
    using csv
    options (path {{ sql_literal(path) }}, {{ options }})
{%- endmacro %}

{#- A table of the metastore over a CSV file, or over a folder of them. -#}
{% macro spark_csv_table(relation, path, columns) -%}
    create table {{ relation }} ({{ spark_text_columns(columns) }})
    using csv
    options (path {{ sql_literal(path) }}, {{ spark_csv_options() }})
{%- endmacro %}

{% macro spark_text_columns(names) -%}
    {%- for name in names %}{{ adapter.quote(name) }} string{{ ', ' if not loop.last }}{% endfor -%}
{%- endmacro %}

{#- How a CSV file is read; as the variables of the landing say, unless something else is said. -#}
{% macro spark_csv_options(separator=none, encoding=none, mode='FAILFAST') -%}
    header 'true',
    sep {{ sql_literal(separator or var('landing_delimiter')) }},
    quote '"',
    escape '"',
    multiLine 'true',
    encoding '{{ {"utf-8": "UTF-8", "latin-1": "ISO-8859-1"}[encoding or landing_encoding()] }}',
    mode '{{ mode }}'
{%- endmacro %}

{#- The first line of a CSV file; none if there is none. -#}
{% macro spark_first_line(path) %}
    {%- set options -%}
        header 'false', sep '\u001f', quote '\u0000', mode 'PERMISSIVE',
        encoding '{{ {"utf-8": "UTF-8", "latin-1": "ISO-8859-1"}[landing_encoding()] }}'
    {%- endset -%}
    {%- set view = 'landed_lines_' ~ local_md5(path) -%}
    {%- do run_query(spark_csv_view(view, path, ['line'], options)) -%}
    {%- set lines = run_query('select line from ' ~ view ~ ' limit 1').rows -%}
    {%- do run_query('drop view ' ~ view) -%}
    {{ return(lines[0][0] if lines else none) }}
{% endmacro %}

{#- Lines that can't be read, as macro `reading_problems` says: Spark tells which, but not at what line. -#}
{% macro spark_reading_problems(table_name, delivery) %}
    {%- set problems = [] -%}
    {%- for reader in delivery.readers if reader.kind == 'csv' -%}
        {%- set names = reader.columns.values() | map(attribute='name') | list -%}
        {%- set quoted_names = [] -%}
        {%- for name in names -%}
            {%- do quoted_names.append(adapter.quote(name)) -%}
        {%- endfor -%}
        {%- for path in reader.files -%}
            {%- set view = 'landed_rows_' ~ local_md5(path) -%}
            {%- do run_query(spark_csv_view(
                view, path, names + ['_corrupt_record'], spark_csv_options(mode='PERMISSIVE')
            )) -%}
            {%- set query -%}
                select count(*), min(_corrupt_record)
                from {{ view }}
                where
                    _corrupt_record is not null
                    or concat_ws(' ', {{ quoted_names | join(', ') }}) like '%\uFFFD%'
            {%- endset -%}
            {%- for lines, first in run_query(query).rows if lines -%}
                {%- set what = ", such as " ~ tojson(first[:60]) if first
                    else " (no " ~ landing_encoding() ~ " text)" -%}
                {%- do problems.append(
                    path ~ " holds " ~ lines ~ " rows that can't be read" ~ what ~ ": repair them, write"
                    ~ " the file again, or set landing_encoding. See docs/landing_contract.md#"
                    ~ table_name ~ "."
                ) -%}
            {%- endfor -%}
            {%- do run_query('drop view ' ~ view) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(problems) }}
{% endmacro %}
