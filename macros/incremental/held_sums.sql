{#- The sums of one relation of kpi_rollup as earlier builds and this one have left them: a query. -#}
{% macro held_sums(relation, axis, measures) -%}
select
    {{ axis | join(', ') }},
    dimension,
    dimension_value,
    {{ measures | join(', ') }}
from {{ sums_table() }}
where relation = '{{ relation }}'
{%- endmacro %}


{#- The sums of several relations, one under the other, as they are kept from build to build: a query.

    relations: a list of name, columns of the axis, and own measures; measures: those of all.
    Columns: relation, event_date or period_grain, from_index and to_index, dimension,
    dimension_value, the measures, row_count. -#}
{% macro stacked_sums(relations, measures) -%}
{%- set axes = {
    'event_date': 'date', 'period_grain': 'string', 'from_index': 'bigint', 'to_index': 'bigint',
} -%}
{%- for relation, axis, own in relations %}
select
    '{{ relation }}' as relation,
    {%- for column, type in axes.items() %}
    {{ column if column in axis else 'cast(null as ' ~ type ~ ') as ' ~ column }},
    {%- endfor %}
    dimension,
    dimension_value,
    {%- for measure in measures %}
    {{ measure if measure in own else 'null as ' ~ measure }},
    {%- endfor %}
    row_count
from {{ relation }}
{{ 'union all' if not loop.last }}
{%- endfor %}
{%- endmacro %}


{#- Name of the table of the sums of a KPI. -#}
{% macro sums_table() -%}
    state.sums_of__{{ model.name }}
{%- endmacro %}
