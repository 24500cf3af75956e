{{ config(
    materialized=table_or_increments(keeps_changes()),
    incremental_strategy='replace_units',
    unique_key=['kpi', 'period_grain', 'period_start', 'dimension', 'dimension_value'],
    meta={'keeps_changes': 'units'},
    pre_hook='{{ find_changed_cells() }}',
    post_hook='{{ remember_whole_build() }}'
) }}
-- The list of KPI models is a committed macro, since refs must be known before YAML can be read.
{% for model_name in kpi_models() %}
select * from (
    {{ kpi_value_rows(ref(model_name), model_name, kpi_meta(model_name)) | indent(4) }}
) as {{ model_name }}_rows
{{ 'union all' if not loop.last }}
{%- endfor %}
