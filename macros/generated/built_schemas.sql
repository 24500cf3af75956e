{#- Written by scripts/generate_macros from dbt_project.yml. Change that, not this. -#}
{% macro built_schemas() %}
    {{ return([
 "bi",
 "config",
 "core",
 "demo_raw",
 "fixtures",
 "golden",
 "intermediate",
 "kpi",
 "landing",
 "staging",
 "trust"
]) }}
{% endmacro %}
