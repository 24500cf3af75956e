{#- The files that each raw table is read from, by table: [{path, name}], the name without the folder
    `landing_path`. Empty unless raw tables come from files. -#}
{% macro landing_input_files() %}
    {%- set found = {} -%}
    {%- if execute and var('landing') == 'files' -%}
        {%- set folder = (var('landing_path') | string).rstrip('/') -%}
        {%- for table_name, files in landing_files().tables.items() -%}
            {%- set named = [] -%}
            {%- for file in files -%}
                {%- do named.append(
                    {'path': file.path, 'name': file.path[(folder | length) + 1:]}
                ) -%}
            {%- endfor -%}
            {%- do found.update({table_name: named}) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(found) }}
{% endmacro %}
