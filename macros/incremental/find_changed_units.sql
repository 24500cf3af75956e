{#- Pre-hook of models that replace units: those that any of the model's incremental inputs has changed
    since the model was made. -#}
{% macro find_changed_units() %}
    {%- if replaces_units() -%}
        {{ keep_changed_units(units_changed_in_inputs()) }}
    {%- endif -%}
{% endmacro %}


{#- The units that the inputs of a model have changed since it was made: a query with the column of
    the unit. -#}
{% macro units_changed_in_inputs() -%}
    select distinct changed_units.unit as {{ unit_columns() | first }}
    from state.changed_units
    inner join state.models as own
        on
            own.model_name = {{ quoted(model.name) }}
            and changed_units.build_number > own.build_number
    where changed_units.model_name in ('{{ incremental_inputs() | join("', '") }}')
{%- endmacro %}
