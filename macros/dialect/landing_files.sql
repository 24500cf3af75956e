{#- What lies in the folder `landing_path`.
    Returns {tables: {table: [{path, kind}]}, problems: [lines]}; kind is `csv` or `parquet`. A table is one file `<table>.csv`,
    `<table>.csv.gz` or `<table>.parquet`, or a folder `<table>/` of such part files. Names are read
    without regard to case; names that start with a dot or an underscore are ignored. -#}
{% macro landing_files() %}
    {%- set folder = var('landing_path') | string -%}
    {%- set folder = folder.rstrip('/') or '/' -%}
    {%- set found = {'tables': {}, 'problems': []} -%}
    {%- set page = 'See docs/landing_contract.md.' -%}
    {%- set paths = paths_below(folder) -%}
    {%- set known = landing_contract() -%}
    {%- set named_twice = [] -%}
    {%- for path in paths -%}
        {%- set parts = path[(folder.rstrip('/') | length) + 1:].replace('\\', '/').split('/') -%}
        {%- set file_name = parts[-1] | lower -%}
        {%- set stem = parts[0].split('.')[0] | lower -%}
        {%- set is_data = file_name.endswith(('.csv', '.csv.gz', '.parquet')) -%}
        {%- set hidden = [] -%}
        {%- for part in parts if part.startswith(('.', '_')) -%}
            {%- do hidden.append(part) -%}
        {%- endfor -%}
        {%- if hidden -%}
        {%- elif stem in known and not is_data -%}
            {%- do found.problems.append(
                path ~ " is neither CSV (.csv, .csv.gz) nor Parquet (.parquet): convert it, or take it"
                ~ " out of the folder. " ~ page
            ) -%}
        {%- elif stem not in known and is_data -%}
            {%- do found.problems.append(
                path ~ " belongs to no table of the landing contract: rename it to a table's name, or"
                ~ " take it out of the folder. " ~ page
            ) -%}
        {%- elif stem in known and parts | length > 2 -%}
            {%- do found.problems.append(
                path ~ " lies in a sub-folder of " ~ stem ~ "/ and would not be read: move it up, or"
                ~ " out. " ~ page
            ) -%}
        {%- elif stem in known -%}
            {%- set earlier = found.tables.setdefault(stem, []) -%}
            {%- if earlier and stem not in named_twice and (
                parts | length == 1
                or earlier[0].path.split('/')[:-1] != path.split('/')[:-1]
            ) -%}
                {%- do named_twice.append(stem) -%}
                {%- do found.problems.append(
                    "Table " ~ stem ~ " is delivered twice, as " ~ earlier[0].path ~ " and as " ~ path
                    ~ ": keep one, or put the parts into one folder " ~ stem ~ "/. " ~ page
                ) -%}
            {%- endif -%}
            {%- do earlier.append({
                'path': path,
                'kind': 'parquet' if file_name.endswith('.parquet') else 'csv',
                'is_packed': file_name.endswith(('.parquet', '.gz')),
            }) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if not paths -%}
        {%- do found.problems.append(
            "The folder " ~ folder ~ " (variable landing_path) does not exist or holds no files: name"
            ~ " the folder with the raw tables. " ~ page
        ) -%}
    {%- endif -%}
    {{ return(found) }}
{% endmacro %}

{#- The paths of the files of a folder and of folders in it, in their order. -#}
{% macro paths_below(folder) %}
    {%- set paths = [] -%}
    {%- if target.type == 'spark' -%}
        {%- if not (folder.startswith('/') or '://' in folder) -%}
            {{ exceptions.raise_compiler_error(
                "The variable landing_path is '" ~ folder ~ "': on Spark name the folder from its root,"
                ~ " as every worker sees it. See docs/spark.md."
            ) }}
        {%- endif -%}
        {%- do spark_files_below(folder) -%}
        {%- for row in run_query(
            'select ' ~ spark_path('path') ~ ' as path from files_below order by path'
        ).rows -%}
            {%- do paths.append(row[0]) -%}
        {%- endfor -%}
        {{ return(paths) }}
    {%- endif -%}
    {%- for depth in ['/*', '/*/*', '/*/*/*'] -%}
        {%- set listing = run_query(
            "select file from glob(" ~ path_literal(folder)[:-1] ~ depth ~ "') order by file"
        ) -%}
        {%- for row in listing.rows -%}
            {%- do paths.append(row[0]) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(paths) }}
{% endmacro %}
