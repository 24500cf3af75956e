{#- The cells of one wide KPI table as long rows, one per variant (see the model kpi_values).

    relation: the KPI table; meta: its `config.meta`. Status, interval and change are decided here
    for all KPIs alike. A statistic that is not one ratio has null parts. -#}
{% macro kpi_value_rows(relation, kpi_name, meta) %}
{%- set sums = meta.parts | list %}
{%- set code = kpi_definition_code(kpi_name) %}
{%- for name, variant in meta.variants.items()
    if not variant.denominator and not variant.is_statistic and name not in sums %}
    {%- do sums.append(name) %}
{%- endfor %}
with {{ kpi_cells(relation, kpi_name, meta) }},

{% if 'day' in meta.grains -%}
-- A running period is compared with as many days of the one before as have passed of it.
cut as (
    select
        running.period_grain,
        running.period_start,
        running.dimension,
        running.dimension_value,
        {%- for name in sums %}
        sum(days.{{ name }}) as {{ name }},
        {%- endfor %}
        count(*) as days
    from cells as running
    inner join cells as days
        on
            days.period_grain = 'day'
            and running.dimension = days.dimension
            and running.dimension_value = days.dimension_value
            and days.period_start >= running.previous_period_start
            and days.period_start
            < running.previous_period_start
            + cast({{ days_between('running.period_start', 'running.as_of_date') }} as integer)
    where not running.is_complete_period and running.period_grain not in ('day', 'r12m')
    group by all
),

{% endif -%}

compared as (
    select
        cells.*
        {%- for prefix in ['previous', 'year_ago'] %}
        {%- for name in kpi_value_columns(meta) %},
        {{ prefix }}.{{ name }} as {{ prefix }}_{{ name }}
        {%- endfor %}
        {%- endfor %}
        {%- if 'day' in meta.grains %}
        {%- for name in sums %},
        cut.{{ name }} as cut_{{ name }}
        {%- endfor %}
        {%- endif %}
    from {{ rows_of_changed_units('cells') }} as cells
    {%- for prefix in ['previous', 'year_ago'] %}
    left join cells as {{ prefix }}
        on
            cells.period_grain = {{ prefix }}.period_grain
            and cells.{{ prefix }}_period_start = {{ prefix }}.period_start
            and cells.dimension = {{ prefix }}.dimension
            and cells.dimension_value = {{ prefix }}.dimension_value
    {%- endfor %}
    {%- if 'day' in meta.grains %}
    left join cut
        on
            cells.period_grain = cut.period_grain
            and cells.period_start = cut.period_start
            and cells.dimension = cut.dimension
            and cells.dimension_value = cut.dimension_value
    {%- endif %}
),

long as (
    {%- for name, variant in meta.variants.items() %}
    select
        '{{ name }}' as variant,
        {{ 'true' if variant.is_default else 'false' }} as is_default,
        {%- for column in [
            'kpi', 'period_grain', 'period_start', 'period_end', 'dimension', 'dimension_value',
            'is_complete_period', 'as_of', 'as_of_date',
        ] %}
        {{ column }},
        {%- endfor %}
        cast({{ variant.numerator or ('null' if variant.is_statistic else name) }} as decimal(38, 12))
            as numerator,
        cast({{ variant.denominator or 'null' }} as decimal(38, 12)) as denominator,
        cast({{ name }} as double) as value,
        '{{ variant.unit }}' as unit,
        -- Shares of units add up to halves, which engines cut off or round.
        cast({{ 'round(' ~ variant.n ~ ')' if variant.n else 'null' }} as bigint) as n,
        cast({{ 'round(previous_' ~ variant.n ~ ')' if variant.n else 'null' }} as bigint)
            as previous_n,
        {{ kpi_interval(name, variant) | indent(8) }},
        {{ "'" ~ (variant.interval.method if variant.interval is mapping else variant.interval) ~ "'"
            if variant.interval and variant.interval != 'none' else 'cast(null as string)' }}
            as ci_method,
        {{ 'is_delivered_' ~ (kpi_needs(meta).index(variant.needs) + 1) if variant.needs else 'true' }}
        and not coalesce({{ (variant.flags or {}).get('missing_source', 'false') }}, false)
            as is_source_delivered,
        {%- for flag in ['missing_cost', 'not_estimable'] %}
        coalesce({{ (variant.flags or {}).get(flag, 'false') }}, false) as is_{{ flag }},
        {%- endfor %}
        coalesce({{ (variant.flags or {}).get('fx_missing', 'false') }}, false)
        {%- if is_money(meta, name, variant) %}
        {%- for table in variant.get('converted', meta.converted or []) %}
        or coalesce(
            {{- table }}_gap{{ '_over_' ~ variant.converted_over
                if variant.get('converted_over', 'period') != 'period' -}}
        , false)
        {%- endfor %}
        {%- endif %}
            as is_fx_missing,
        {%- if variant.left_censor_days %}
        {{ variant.get('left_censor_at', 'period_start') }}
        < {{ 'first_visit_date' if variant.left_censor_from == 'visits' else 'first_order_date' }}
        {%- for parameter in variant.left_censor_days %} + {{ var(parameter) }}{% endfor %}
            as is_left_censored,
        {%- else %}
        false as is_left_censored,
        {%- endif %}
        cast(
            period_end + {{ kpi_window_days(variant) }} as date
        ) as matures_on,
        {%- for prefix in ['previous', 'year_ago'] %}
        cast(
            {% if not variant.denominator and not variant.is_statistic -%}
            case when has_{{ prefix }} then coalesce({{ prefix }}_{{ name }}, {{ name }} * 0) end
            {%- else -%}
            {{ prefix }}_{{ name }}
            {%- endif %} as double
        ) as {{ prefix }}_value,
        {%- endfor %}
        {%- if 'day' not in meta.grains or variant.is_statistic %}
        cast(null as double) as previous_value_to_date,
        {%- elif variant.denominator %}
        {{ variant.get('scale', 1) }}
        * {{ safe_ratio('cut_' ~ variant.numerator, 'cut_' ~ variant.denominator) }}
            as previous_value_to_date,
        {%- else %}
        cast(cut_{{ name }} as double) as previous_value_to_date,
        {%- endif %}
        {{ kpi_interval(name, variant, 'previous_') | indent(8) }},
        cast({{ variant.get('version', 1) }} as integer) as definition_version,
        '{{ kpi_definition_hash(kpi_name, name, code) }}' as definition_hash,
        {{ 'true' if variant.denominator else 'false' }} as is_ratio,
        {{ 'true' if variant.denominator or variant.is_statistic else 'false' }} as may_be_null
    from compared
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

judged as (
    select
        {{ columns_except(['value']) }},
        case when is_source_delivered and not is_missing_cost then value end as value,
        case
            when not is_source_delivered then 'missing_source'
            when is_missing_cost then 'missing_cost'
            when is_ratio and numerator = 0 and denominator = 0 then 'no_activity'
            when
                not is_ratio and may_be_null and value is null and n = 0 and not is_not_estimable
                then 'no_activity'
            when is_ratio and denominator = 0 then 'zero_denominator'
            when is_not_estimable or value is null then 'not_estimable'
            when is_fx_missing then 'fx_missing'
            when is_left_censored then 'left_censored'
            when not is_complete_period then 'partial_period'
            when matures_on > as_of_date then 'immature'
            when n < {{ var('low_n_threshold') }} then 'low_n'
            else 'ok'
        end as value_status
    from long
)

select
    kpi,
    variant,
    is_default,
    period_grain,
    period_start,
    period_end,
    dimension,
    dimension_value,
    numerator,
    denominator,
    case
        when
            value_status not in (
                'missing_source', 'missing_cost', 'no_activity', 'zero_denominator', 'not_estimable'
            )
            then value
    end as value,
    unit,
    case when unit = 'currency' then '{{ var("reporting_currency") }}' end as currency_code,
    n,
    ci_low,
    ci_high,
    ci_method,
    value_status,
    is_complete_period,
    is_complete_period and matures_on <= as_of_date as is_mature,
    matures_on,
    previous_value,
    year_ago_value,
    previous_value_to_date,
    -- Few units say nothing about chance.
    case
        when n >= {{ var('low_n_threshold') }} and previous_n >= {{ var('low_n_threshold') }}
            then
                {{ newcombe_bound('', 'previous_', '-') }} > 0
                or {{ newcombe_bound('', 'previous_', '+') }} < 0
    end as is_change_significant,
    as_of,
    definition_version,
    definition_hash
from judged
where
    dimension = 'total'
    or coalesce(numerator, 0) != 0
    or coalesce(denominator, 0) != 0
    or coalesce(value, 0) != 0
    or n != 0
    or (not is_ratio and is_not_estimable)
{% endmacro %}

{#- Columns of a KPI table that its long rows are made of. -#}
{% macro kpi_value_columns(meta) %}
    {%- set columns = (meta.parts | list) + (meta.variants | list) -%}
    {%- for name, variant in meta.variants.items() -%}
        {%- if variant.interval is mapping -%}
            {%- do columns.extend([variant.interval.low, variant.interval.high]) -%}
        {%- endif -%}
        {%- for column in [variant.numerator, variant.denominator, variant.n] if column -%}
            {%- do columns.append(column) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(columns | unique | list) }}
{% endmacro %}

{#- Days after the period's end until a variant can no longer move by itself: `window_days` of its
    YAML, a number or the name of a parameter, or a list of those that follow one another. -#}
{% macro kpi_window_days(variant) -%}
    {%- set windows = variant.get('window_days', 0) -%}
    {%- for window in ([windows] if windows is string or windows is number else windows) -%}
    {{ var(window) if window is string else window }}{{ ' + ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#- ci_low and ci_high of a variant, by the method its YAML names. -#}
{% macro kpi_interval(name, variant, prefix='') -%}
    {%- if variant.interval is mapping -%}
    cast({{ prefix }}{{ variant.interval.low }} as double) as {{ prefix }}ci_low,
    cast({{ prefix }}{{ variant.interval.high }} as double) as {{ prefix }}ci_high
    {%- elif variant.interval == 'wilson' -%}
    {{ wilson_bound(prefix ~ variant.numerator, prefix ~ variant.denominator, '-') }}
        as {{ prefix }}ci_low,
    {{ wilson_bound(prefix ~ variant.numerator, prefix ~ variant.denominator, '+') }}
        as {{ prefix }}ci_high
    {%- else -%}
    cast(null as double) as {{ prefix }}ci_low,
    cast(null as double) as {{ prefix }}ci_high
    {%- endif -%}
{%- endmacro %}

{#- True if a variant is money, or its numerator or denominator is, or money is what it is made of
    (then a flag says when cost lacked a rate). -#}
{% macro is_money(meta, name, variant) %}
    {%- set units = [variant.unit] -%}
    {%- for part in [name, variant.numerator, variant.denominator] -%}
        {%- set made_of = meta.parts if part in meta.parts else meta.variants -%}
        {%- do units.append((made_of[part] or {}).unit) -%}
    {%- endfor -%}
    {%- set is_made_of_money = variant.is_statistic and 'fx_missing' in (variant.flags or {}) -%}
    {{ return('currency' in units or is_made_of_money) }}
{% endmacro %}
