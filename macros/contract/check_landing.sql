{#- Runs before any model: stops with one line per problem of the delivery, or does nothing.
    Each line says what is wrong, where, what to do, and which page documents it.
    The demo seeds are part of the project and are not checked. -#}
{% macro check_landing() %}
    {%- if execute and var('landing') != 'seeds' -%}
        {%- set problems = place_problems() -%}
        {%- if not problems -%}
            {%- set reads_rows = flags.WHICH in ('build', 'run') -%}
            {%- for table_name in landing_contract() -%}
                {%- set found = table_problems(table_name, landing_delivery(table_name), reads_rows) -%}
                {%- do problems.extend(found.unreadable + found.shape) -%}
            {%- endfor -%}
        {%- endif -%}
        {%- if problems -%}
            {{ exceptions.raise_compiler_error(problems | join('\n')) }}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}

{#- What is wrong with the place itself, before any table is looked at. -#}
{% macro place_problems() %}
    {%- if var('landing') == 'schema' -%}
        {{ return(schema_problems()) }}
    {%- endif -%}
    {{ return(delimiter_problems() or landing_files().problems) }}
{% endmacro %}

{#- What is wrong with one raw table: {unreadable, shape}, the lines about files that can't be read and
    about what is missing. Files are read to their end only if `reads_rows` says so. -#}
{% macro table_problems(table_name, delivery, reads_rows) %}
    {%- set unreadable = delivery.problems | list -%}
    {%- if reads_rows and not unreadable -%}
        {%- do unreadable.extend(reading_problems(table_name, delivery)) -%}
    {%- endif -%}
    {{ return({'unreadable': unreadable, 'shape': shape_problems(table_name, delivery)}) }}
{% endmacro %}

{#- Whether CSV can be read with the delimiter, for the switch `files`. -#}
{% macro delimiter_problems() %}
    {%- set delimiter = var('landing_delimiter') | string -%}
    {%- if delimiter.encode() | length not in (1, 2, 3, 4)
        or modules.re.search('["\n\r]', delimiter) -%}
        {{ return(["The variable landing_delimiter is " ~ tojson(delimiter) ~ ": use one to four"
            ~ " bytes that are no double quote and no line end, such as ';'."
            ~ " See docs/landing_contract.md."]) }}
    {%- endif -%}
    {{ return([]) }}
{% endmacro %}

{#- Where the landing variables themselves are wrong, for the switch `schema`. -#}
{% macro schema_problems() %}
    {%- set problems = [] -%}
    {%- set relation = source('landing', 'orders') -%}
    {%- set place = relation.database ~ '.' ~ relation.schema -%}
    {%- set page = 'See docs/landing_contract.md.' -%}
    {%- for part in (relation.database, relation.schema) if '"' in part -%}
        {%- do problems.append("The name " ~ part ~ " (variable landing_schema or landing_database)"
            ~ " holds a double quote: use a schema without one. " ~ page) -%}
    {%- endfor -%}
    {%- if problems -%}
        {{ return(problems) }}
    {%- endif -%}
    {%- set own = [target.schema | lower] + built_schemas() -%}
    {%- for node in graph.nodes.values() if node.resource_type in ('model', 'seed', 'snapshot') -%}
        {%- do own.append(node.schema | lower) -%}
    {%- endfor -%}
    {%- if relation.database | lower == target.database | lower and relation.schema | lower in own -%}
        {%- do problems.append("The schema " ~ place ~ " (variable landing_schema) is one that this"
            ~ " project builds into: load the raw tables into another. " ~ page) -%}
    {%- elif not schema_exists(relation) -%}
        {%- do problems.append("There is no schema " ~ place ~ " (variables landing_database and"
            ~ " landing_schema): name the schema with the raw tables, and attach its database in"
            ~ " profiles.yml if it is another one. " ~ page) -%}
    {%- endif -%}
    {{ return(problems) }}
{% endmacro %}

{#- Missing tables and columns of one raw table. -#}
{% macro shape_problems(table_name, delivery) %}
    {%- set problems = [] -%}
    {%- set contract = landing_contract()[table_name] -%}
    {%- set page = 'See docs/landing_contract.md#' ~ table_name ~ '.' -%}
    {%- if var('landing') == 'files' -%}
        {%- set place = 'the folder ' ~ var('landing_path') -%}
        {%- set remedy = 'add ' ~ table_name ~ '.csv or ' ~ table_name ~ '.parquet' -%}
    {%- else -%}
        {%- set relation = source('landing', table_name) -%}
        {%- set place = 'the schema ' ~ relation.database ~ '.' ~ relation.schema -%}
        {%- set remedy = 'load it, or make a view of this name' -%}
    {%- endif -%}
    {%- if not delivery.readers and not delivery.problems and contract.is_required -%}
        {%- do problems.append("The required table " ~ table_name ~ " is missing in " ~ place ~ ": "
            ~ remedy ~ ". " ~ page) -%}
    {%- endif -%}
    {%- for reader in delivery.readers -%}
        {%- for name, column in contract.columns.items() -%}
            {%- if is_required_column(column) and name not in reader.columns -%}
                {%- do problems.append("The required column " ~ table_name ~ "." ~ name
                    ~ " is missing in " ~ (reader.files[0] if reader.files else place)
                    ~ ": add it to the table, or deliver a view that has it. " ~ page) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(problems) }}
{% endmacro %}
