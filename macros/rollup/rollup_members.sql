{#- Sums of the measures by the axis columns and one dimension at a time, and over all of them.
    row_count: what counts the rows of a sum, if the result has their number too. -#}
{% macro rollup_members(
    relation, axis, dimensions, measures, is_credited=false, with_total=true, row_count=none
) -%}
select
    {%- for column in axis %}
    {{ column }},
    {%- endfor %}
    {%- if dimensions %}
    case
        {%- for name in dimensions %}
        when grouping({{ name }}) = 0 then '{{ name }}'
        {%- endfor %}
        else 'total'
    end as dimension,
    case
        {%- for name in dimensions %}
        when grouping({{ name }}) = 0 then cast({{ name }} as string)
        {%- endfor %}
        else 'all'
    end as dimension_value,
    {%- else %}
    'total' as dimension,
    'all' as dimension_value,
    {%- endif %}
    {%- for measure in measures %}
    {%- if is_credited %}
    cast(sum({{ measure }}) as decimal({{ '38, 12' if is_credited == 'shares' else '38, 4' }}))
        as {{ measure }}{{ ',' if row_count or not loop.last }}
    {%- else %}
    sum({{ measure }}) as {{ measure }}{{ ',' if row_count or not loop.last }}
    {%- endif %}
    {%- endfor %}
    {%- if row_count %}
    {{ row_count }} as row_count
    {%- endif %}
from {{ relation }}
group by grouping sets (
    {%- if with_total or not dimensions %}
    ({{ axis | join(', ') }}){{ ',' if dimensions }}
    {%- endif %}
    {%- for name in dimensions %}
    ({{ axis | join(', ') }}, {{ name }}){{ ',' if not loop.last }}
    {%- endfor %}
)
having dimension_value is not null
{%- endmacro %}
