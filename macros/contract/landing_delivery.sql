{#- What was delivered of one raw table: {readers, problems}. No readers: the table is missing.

    This and the macros it calls are the only ones that look at the delivery, so the switch
    `landing` (seeds, files, schema) stands here and nowhere else. A reader is {source, columns,
    files}: `source` stands after `from` (a file reader's bracket is left open for more options),
    `columns` maps the column's name in lower case to {name, type} as delivered. -#}
{% macro landing_delivery(table_name) %}
    {%- set landing = var('landing') -%}
    {%- if landing not in ('seeds', 'files', 'schema') -%}
        {{ exceptions.raise_compiler_error(
            "The variable landing is '" ~ landing ~ "': set it to seeds, files or schema."
            ~ " See docs/landing_contract.md."
        ) }}
    {%- endif -%}
    {#- Named here so that the lineage is known before anything is read. -#}
    {%- if landing == 'seeds' -%}
        {%- set relation = ref('raw_' ~ table_name) -%}
    {%- else -%}
        {%- set relation = source('landing', table_name) -%}
    {%- endif -%}

    {%- if not execute -%}
        {{ return({'readers': [], 'problems': []}) }}
    {%- elif landing == 'files' -%}
        {%- set files = landing_files().tables.get(table_name) -%}
        {{ return(landing_readers(table_name, files) if files else {'readers': [], 'problems': []}) }}
    {%- else -%}
        {%- set columns = delivered_columns(relation) -%}
        {%- set reader = {'kind': 'relation', 'files': [], 'columns': columns, 'source': relation} -%}
        {{ return({'readers': [reader] if columns else [], 'problems': []}) }}
    {%- endif -%}
{% endmacro %}
