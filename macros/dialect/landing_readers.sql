{#- How the files of one raw table are read: {readers, problems}.
    readers: one per header among the files, {source, files, columns}; `source` stands after `from`,
    `columns` maps the name in lower case to {name, type}. Nothing is guessed: CSV has a header, `"`
    as quote, the delimiter and encoding of the variables `landing_delimiter` and
    `landing_encoding`, and every value is text.
    Files of which the first bytes or the header show that they can't be read are problems. -#}
{% macro landing_readers(table_name, files) %}
    {%- if target.type == 'spark' -%}
        {{ return(spark_landing_readers(table_name, files)) }}
    {%- endif -%}
    {%- set found = {'readers': [], 'problems': []} -%}
    {%- set page = 'See docs/landing_contract.md#' ~ table_name ~ '.' -%}
    {%- set broken = broken_files(table_name, files) -%}
    {%- do found.problems.extend(broken.values()) -%}
    {%- set good = files | rejectattr('path', 'in', broken.keys() | list) | list -%}

    {%- set headers = {} -%}
    {%- set csv_paths = good | selectattr('kind', 'equalto', 'csv') | map(attribute='path') | list -%}
    {%- if csv_paths -%}
        {%- set encoding = landing_encoding() -%}
        {%- set lines = [] -%}
        {%- for path in csv_paths -%}
            {%- do lines.append(
                "(select " ~ sql_literal(path) ~ " as path, any_value(line) as line from (select line"
                ~ " from " ~ lines_of(path) ~ " limit 1))"
            ) -%}
        {%- endfor -%}
        {%- for row in run_query(lines | join(' union all ')).rows -%}
            {%- set problem = header_problem(table_name, row[0], row[1]) -%}
            {%- if problem -%}
                {%- do found.problems.append(problem) -%}
            {%- else -%}
                {%- do headers.setdefault(row[1], []).append(row[0]) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {%- for line, paths in headers.items() -%}
        {%- set columns = csv_header(line) -%}
        {%- set types = [] -%}
        {%- for column in columns.values() -%}
            {%- do types.append(sql_literal(column.name) ~ ": 'varchar'") -%}
        {%- endfor -%}
        {%- do found.readers.append({
            'kind': 'csv',
            'files': paths,
            'columns': columns,
            'source': "read_csv([" ~ path_list(paths) ~ "], auto_detect = false, header = true,"
                ~ " encoding = '" ~ encoding ~ "', delim = " ~ sql_literal(var('landing_delimiter')) ~ ", quote = '\"',"
                ~ " escape = '\"', columns = {" ~ types | join(', ') ~ "}",
        }) -%}
    {%- endfor -%}

    {%- set parquet_paths = good | selectattr('kind', 'equalto', 'parquet') | map(attribute='path') | list -%}
    {%- if parquet_paths -%}
        {%- set shapes = {} -%}
        {%- set schema_query -%}
            select
                file_name,
                string_agg(concat_ws(' ', name, type, logical_type, converted_type), ', ')
            from parquet_schema([{{ path_list(parquet_paths) }}])
            group by file_name
            order by file_name
        {%- endset -%}
        {%- for row in run_query(schema_query).rows -%}
            {%- do shapes.setdefault(row[1], []).append(row[0]) -%}
        {%- endfor -%}
        {%- for paths in shapes.values() -%}
            {%- set source = "read_parquet([" ~ path_list(paths) ~ "], hive_partitioning = false" -%}
            {%- set columns = {} -%}
            {%- for row in run_query("describe select * from " ~ source ~ ")").rows -%}
                {%- do columns.update({row[0] | trim | lower: {'name': row[0], 'type': row[1]}}) -%}
            {%- endfor -%}
            {%- do found.readers.append(
                {'kind': 'parquet', 'files': paths, 'columns': columns, 'source': source}
            ) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(found) }}
{% endmacro %}

{#- What is wrong with the header line of a CSV file; an empty text if nothing is. -#}
{% macro header_problem(table_name, path, line) %}
    {%- set page = 'See docs/landing_contract.md#' ~ table_name ~ '.' -%}
    {%- set columns = csv_header(line or '') -%}
    {%- set names = columns.keys() | list -%}
    {%- set expected = (landing_contract()[table_name].columns | list) -%}
    {%- set problem = '' -%}
    {%- if line is none -%}
        {%- set problem = path ~ " is empty or no " ~ landing_encoding() ~ " text: write a header line"
            ~ " with the column names and the rows, take the file out of the folder, or set"
            ~ " landing_encoding. " ~ page -%}
    {%- elif not names | select('in', expected) | list -%}
        {%- set problem = path ~ " does not start with a header line of table " ~ table_name
            ~ " (columns separated by '" ~ var('landing_delimiter') ~ "', " ~ landing_encoding()
            ~ "): name its columns as the contract does, or deliver another file. " ~ page -%}
    {%- elif not is_whole_header(line) -%}
        {%- set problem = path ~ " has a quote in its header line that does not close, or not around a"
            ~ " whole name: write the file again. " ~ page -%}
    {%- elif names | length < (columns.values() | map(attribute='count') | sum) -%}
        {%- set problem = path ~ " names a column twice in its header: rename one of "
            ~ (columns.values() | selectattr('count', 'gt', 1) | map(attribute='name') | join(', '))
            ~ ". " ~ page -%}
    {%- endif -%}
    {{ return(problem) }}
{% endmacro %}

{#- Paths as a list of literals. -#}
{% macro path_list(paths) -%}
    {%- for path in paths -%}
        {{ path_literal(path) }}{{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#- The columns of a CSV header line: name in lower case to {name, type, count}. -#}
{% macro csv_header(line) %}
    {%- set columns = {} -%}
    {%- set delimiter = modules.re.escape(var('landing_delimiter')) -%}
    {%- set pattern = '(?:^|' ~ delimiter ~ ')("(?:[^"]|"")*"|(?:(?!' ~ delimiter ~ ').)*)' -%}
    {%- for cell in modules.re.findall(pattern, line) -%}
        {%- set name = (cell[1:-1].replace('""', '"') if cell.startswith('"') else cell) | trim -%}
        {%- set name = name or 'column_' ~ loop.index -%}
        {%- set column = columns.setdefault(
            name | lower, {'name': name, 'type': 'VARCHAR', 'count': 0}
        ) -%}
        {%- do column.update({'count': column['count'] + 1}) -%}
    {%- endfor -%}
    {{ return(columns) }}
{% endmacro %}

{#- Whether every quote of a CSV header line stands around a whole name. A name that is not closed goes
    on in the next lines, and would take rows into the header. -#}
{% macro is_whole_header(line) %}
    {%- set delimiter = modules.re.escape(var('landing_delimiter')) -%}
    {%- set cell = '("([^"]|"")*"|((?!' ~ delimiter ~ ')[^"])*)' -%}
    {{ return(modules.re.fullmatch(cell ~ '(' ~ delimiter ~ cell ~ ')*', line) is not none) }}
{% endmacro %}

{#- Files that can't be what their name or the variable `landing_encoding` says: path to the line that
    says so. A file above 64 MB is not looked at here, nor is what a packed CSV file holds; if it is
    broken, reading it stops with the engine's own message, still before any model runs. -#}
{% macro broken_files(table_name, files) %}
    {%- set broken = {} -%}
    {%- set page = "See docs/landing_contract.md#" ~ table_name ~ "." -%}
    {%- set paths = [] -%}
    {%- for file in files if file.is_packed or landing_encoding() == 'latin-1' -%}
        {%- do paths.append(file.path) -%}
    {%- endfor -%}
    {%- for path in small_files(paths) -%}
        {%- set first_and_last -%}
            select hex(content[1:4]), hex(content[-4:]), size
            from read_blob({{ path_literal(path) }})
        {%- endset -%}
        {%- set bytes = run_query(first_and_last).rows[0] -%}
        {%- set name = path | lower -%}
        {%- set problem = packing_problem(table_name, path, *bytes) -%}
        {%- if problem -%}
            {%- do broken.update({path: problem}) -%}
        {%- elif name.endswith('.parquet') -%}
        {%- elif name.endswith('.gz') -%}
            {%- if is_cut_off(path, bytes[1]) -%}
                {%- do broken.update({path: path ~ " was cut off, or packs no " ~ landing_encoding()
                    ~ " text: pack it again. " ~ page}) -%}
            {%- endif -%}
        {%- elif bytes[0].startswith('EFBBBF') -%}
            {%- do broken.update({path: path ~ " starts with a UTF-8 byte order mark, but"
                ~ " landing_encoding says latin-1: bring all files to one encoding. " ~ page}) -%}
        {%- else -%}
            {%- set line = first_line_beyond_latin_1(path) -%}
            {%- if line -%}
                {%- do broken.update({path: path ~ " is no Latin-1 text at line " ~ line ~ " (bytes 80"
                    ~ " to 9F, with which Windows-1252 writes the euro sign and curly quotes): write"
                    ~ " the files as UTF-8. " ~ page}) -%}
            {%- endif -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(broken) }}
{% endmacro %}

{#- The line that says so, if the first or last four bytes of a file (in hexadecimal digits) are not those
    of what its name says; else an empty text. -#}
{% macro packing_problem(table_name, path, first, last, length) %}
    {%- set page = "See docs/landing_contract.md#" ~ table_name ~ "." -%}
    {%- set name = path | lower -%}
    {%- if name.endswith('.parquet')
        and (first != '50415231' or last != '50415231' or length < 12) -%}
        {{ return(path ~ " is no Parquet file, or was cut off: write it again. " ~ page) }}
    {%- elif name.endswith('.gz') and not first.startswith('1F8B') -%}
        {{ return(path ~ " is no gzip file: pack it again, or deliver it as .csv. " ~ page) }}
    {%- endif -%}
    {{ return('') }}
{% endmacro %}

{#- The lines of a CSV file, each a `line` of text. -#}
{% macro lines_of(path) -%}
    read_csv({{ path_literal(path) }}, auto_detect = false, header = false,
        columns = {'line': 'varchar'}, delim = '\x1f', quote = '', escape = '',
        encoding = '{{ landing_encoding() }}',
        strict_mode = false, null_padding = true, ignore_errors = true)
{%- endmacro %}

{#- Whether a gzip file ends too early, which the engine takes for its end. A whole one closes with four
    bytes that say how long its text is, or the last piece of it; in one that was cut off they are any
    bytes, and nearly always a far larger number. Lines that the engine skips here are allowed for.
    The commands look at the check sum too, which dbt can't. -#}
{% macro is_cut_off(path, last_bytes) %}
    {%- set query -%}
        select 1000000 + 2 * coalesce(sum(coalesce(strlen(line), 0) + 2), 0)
        from {{ lines_of(path) }}
    {%- endset -%}
    {%- set length = last_bytes[6:8] ~ last_bytes[4:6] ~ last_bytes[2:4] ~ last_bytes[0:2] -%}
    {{ return((length | int(base=16)) > (run_query(query).rows[0][0] | int)) }}
{% endmacro %}

{#- The paths of files up to 64 MB. -#}
{% macro small_files(paths) %}
    {%- set small = [] -%}
    {%- if paths -%}
        {%- for row in run_query("select filename, size from read_blob([" ~ path_list(paths) ~ "])").rows
            if row[1] <= 67108864 -%}
            {%- do small.append(row[0]) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(small) }}
{% endmacro %}

{#- The line of the first byte from 80 to 9F, which Latin-1 does not know; none if the file has no such
    byte. A blob as text writes these bytes and line ends as `\x80` and `\x0A`. -#}
{% macro first_line_beyond_latin_1(path) %}
    {%- set query -%}
        select 1 + (length(before) - length(replace(before, '\x0A', ''))) // 4
        from (
            select regexp_extract(content, '^(.*?)\\x[89]', 1) as before
            from (select cast(content as varchar) as content from read_blob({{ path_literal(path) }}))
            where regexp_matches(content, '\\x[89]')
        )
    {%- endset -%}
    {%- set rows = run_query(query).rows -%}
    {{ return(rows[0][0] if rows else none) }}
{% endmacro %}
