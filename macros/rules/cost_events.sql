{#- Cost that counts as dated rows for kpi_rollup: what the row is (cost_id, cost_source),
    `event_date`, the members, and a column `<part>_cost` for each part.

    parts: groups of cost scopes (macro cost_scopes), or `paid_media`, the marketing cost that
    bought media. members: dimensions of the KPI. Of those that describe a customer, cost only has
    the segment it was booked for; the acquisition channel is the channel that carries the cost. -#}
{% macro cost_events(parts, members) -%}
    {%- set booked = {'acquisition_channel': 'marketing_channel', 'industry': "'(unallocated)'"} -%}
select
    cost_id,
    cost_source,
    cost_date as event_date,
    {%- for member in members %}
    {{ booked[member] ~ ' as ' ~ member if member in booked else member }},
    {%- endfor %}
    {%- for part in parts %}
    case
        when
            {{ 'is_paid_media and ' if part == 'paid_media' -}}
            cost_scope in ({{ cost_scopes('marketing' if part == 'paid_media' else part) }})
            then amount
        else 0
    end as {{ part }}_cost{{ ',' if not loop.last }}
    {%- endfor %}
from {{ ref('fct_costs') }}
where is_eligible
{%- endmacro %}
