{#- Reads the CSV files of one raw table to the end, so that a line that can't be read (cut off, a
    quote that never closes, not UTF-8) stops the build before any model runs. -#}
{% macro reading_problems(table_name, delivery) %}
    {%- if target.type == 'spark' -%}
        {{ return(spark_reading_problems(table_name, delivery)) }}
    {%- endif -%}
    {%- set problems = [] -%}
    {%- for reader in delivery.readers if reader.kind == 'csv' -%}
        {%- do run_query("select count(columns(*)) from " ~ reader.source
            ~ ", ignore_errors = true, store_rejects = true, rejects_limit = 1000)") -%}
        {%- set query -%}
            select scans.file_path, min(errors.line), arg_min(errors.error_message, errors.line)
            from reject_errors as errors
            inner join reject_scans as scans
                on errors.scan_id = scans.scan_id and errors.file_id = scans.file_id
            group by scans.file_path
            order by scans.file_path
        {%- endset -%}
        {%- for row in run_query(query).rows -%}
            {%- set reason = row[2].split('\n')[0].rstrip('.') -%}
            {%- do problems.append(row[0] ~ " can't be read at line " ~ row[1] ~ " (" ~ reason
                ~ "): repair the line, or write the file again"
                ~ (", or set landing_encoding" if 'unicode' in reason) ~ ". "
                ~ "See docs/landing_contract.md#" ~ table_name ~ ".") -%}
        {%- endfor -%}
        {%- do run_query("drop table reject_errors") -%}
        {%- do run_query("drop table reject_scans") -%}
    {%- endfor -%}
    {{ return(problems) }}
{% endmacro %}
