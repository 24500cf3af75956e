{#- Stops unless the session runs in UTC: a timestamp without an offset is read in its time zone. -#}
{% macro check_time_zone() %}
    {%- if execute -%}
        {%- set zone = run_query("select current_setting('TimeZone')").rows[0][0] -%}
        {%- if zone not in ('UTC', 'Etc/UTC', 'GMT', 'Etc/GMT') -%}
            {{ exceptions.raise_compiler_error(
                "The session's time zone is " ~ zone ~ ": add `settings: {TimeZone: UTC}` to the target in"
                ~ " profiles.yml, as in profiles.example.yml. See docs/landing_contract.md."
            ) }}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}
