{#- Names of the attribution models: how the credit of a conversion is shared among its touches
    (fct_attribution_credits says how). The variable attribution_model names the default. -#}
{% macro attribution_models() %}
    {{ return([
        'first', 'last', 'last_non_direct', 'linear', 'position_40_20_40', 'w_30_30_30_10',
        'full_path_22_5', 'time_decay_7d', 'time_decay_30d',
    ]) }}
{% endmacro %}

{#- Names of measures by each attribution model: `orders_first`, `orders_last`, ... -#}
{% macro by_attribution_model(measures) %}
    {%- set names = [] -%}
    {%- for model_name in attribution_models() -%}
        {%- for measure in measures -%}
            {%- do names.append(measure ~ '_' ~ model_name) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(names) }}
{% endmacro %}
