{#- The host of a URL in lower case without `www.` and port; null if the text is no absolute URL. -#}
{% macro url_host(url_sql) -%}
    nullif(
        regexp_extract(lower({{ url_sql }}), '^[a-z][a-z0-9+.-]*://(www[.])?([^/:?#]+)', 2), ''
    )
{%- endmacro %}

{#- The path of a URL without host, query and fragment; `/` if it has none. -#}
{% macro url_path(url_sql) -%}
    {%- set local = replace_pattern(url_sql, "'^[a-zA-Z][a-zA-Z0-9+.-]*://[^/?#]*'") -%}
    case
        when {{ url_sql }} is not null
            then coalesce(nullif({{ replace_pattern(local, "'[?#].*$'") }}, ''), '/')
    end
{%- endmacro %}
