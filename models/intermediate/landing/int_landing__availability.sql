{%- for table_name, contract in landing_contract().items() %}
select '{{ table_name }}' as table_name, cast(null as varchar) as column_name, {{ contract.is_required }} as is_required, true as is_delivered
{%- for column in contract.columns %}
union all select '{{ table_name }}', '{{ column }}', false, true
{%- endfor %}
{{ 'union all' if not loop.last }}
{%- endfor %}
