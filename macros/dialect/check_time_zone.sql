{#- Stops unless the session runs in UTC: a timestamp without an offset is read in its time zone. -#}
{% macro check_time_zone() %}
    {%- if execute -%}
        {%- set zone_of_session, setting = "current_setting('TimeZone')", "settings: {TimeZone: UTC}" -%}
        {%- if target.type == 'spark' -%}
            {%- set zone_of_session = "current_timezone()" -%}
            {%- set setting = "server_side_parameters: {spark.sql.session.timeZone: UTC}" -%}
        {%- endif -%}
        {%- set zone = run_query("select " ~ zone_of_session).rows[0][0] -%}
        {%- if zone not in ('UTC', 'Etc/UTC', 'GMT', 'Etc/GMT') -%}
            {{ exceptions.raise_compiler_error(
                "The session's time zone is " ~ zone ~ ": add `" ~ setting ~ "` to the target in"
                ~ " profiles.yml, as in profiles.example.yml. See docs/landing_contract.md."
            ) }}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}
