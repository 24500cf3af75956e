{#- Why a sound row does not count whatever its table says: `deleted_in_source`, or `after_as_of`
    when it was loaded, or happened, after the data's clock. Null if it counts.
    Needs `clock` (int_build__clock) and the row's is_deleted and loaded_at in scope. -#}
{% macro row_exclusion(event_sql, alias=none) -%}
    {%- set row = alias ~ '.' if alias else '' -%}
    case
        when {{ row }}is_deleted then 'deleted_in_source'
        when {{ row }}loaded_at > clock.as_of or {{ event_sql }} > clock.as_of then 'after_as_of'
    end
{%- endmacro %}
