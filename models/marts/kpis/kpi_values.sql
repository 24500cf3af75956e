-- The list of KPI models is a committed macro, since refs must be known before YAML can be read.
{% for model_name in kpi_models() %}
select * from (
    {{ kpi_value_rows(ref(model_name), model_name, kpi_meta(model_name)) | indent(4) }}
) as {{ model_name }}_rows
{{ 'union all' if not loop.last }}
{%- endfor %}
