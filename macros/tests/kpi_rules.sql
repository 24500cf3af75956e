{#- What holds for every KPI table by its `config.meta`, as rules for broken_rules.

    leave_out: names of macros below. -#}
{% macro kpi_rules(relation, meta, leave_out=[]) %}
    {%- set rules = {
        'kpi_grain_is_unique': kpi_grain_is_unique(relation),
        'kpi_dense_dimensions_stay_small': kpi_dense_dimensions_stay_small(relation, meta),
        'kpi_members_add_up': kpi_members_add_up(relation, meta),
        'kpi_variants_match_their_parts': kpi_variants_match_their_parts(relation, meta),
        'kpi_values_in_bounds': kpi_values_in_bounds(relation, meta),
    } -%}
    {%- set kept = [] -%}
    {%- for name in rules if name not in leave_out -%}
        {%- do kept.extend(rules[name]) -%}
    {%- endfor -%}
    {{ return(kept) }}
{% endmacro %}

{#- Cells that stand there twice, or that belong to no period or member. -#}
{% macro kpi_grain_is_unique(relation) %}
    {%- set key = ['period_grain', 'period_start', 'dimension', 'dimension_value'] -%}
    {{ return([
        unique_rule(relation, {'name': 'kpi_grain_is_unique', 'columns': key}),
        {
            'rule': 'kpi_grain_is_unique not_null',
            'relation': relation,
            'breaks': 'dimension_value is null or period_start is null',
        },
    ]) }}
{% endmacro %}

{#- Dense dimensions with more than 200 members: each member has a row in every period, so such a
    dimension is to be declared `is_sparse`. -#}
{% macro kpi_dense_dimensions_stay_small(relation, meta) %}
    {%- set sparse = sparse_dimensions(meta.dimensions) -%}
    {{ return([{
        'rule': 'kpi_dense_dimensions_stay_small',
        'relation': '(select dimension, count(distinct dimension_value) as members from ' ~ relation
            ~ ' group by dimension) as dimensions',
        'breaks': "members > 200 and dimension not in ('" ~ sparse | join("', '") ~ "')",
    }]) }}
{% endmacro %}

{#- Parts whose members do not meet the total of their period, at tolerance 0: additive parts add
    up to it exactly; distinct ones, and counts by a dimension in `distinct_by`, add up to at least
    it, and no member exceeds it. Money by such a dimension may do neither: more may be given back
    than an order was worth. A dimension in which a part is null throughout has no member to add
    up. -#}
{% macro kpi_members_add_up(relation, meta) %}
    {%- set checked = [] -%}
    {%- for name, part in meta.parts.items() if part.get('over_members') in ('additive', 'distinct') -%}
        {%- do checked.append(name) -%}
    {%- endfor -%}
    {%- set rules = [] -%}
    {%- for name in checked -%}
        {%- set part = meta.parts[name] -%}
        {%- set breaks -%}
            {%- if part.not_by -%}
            dimension not in ('{{ part.not_by | join("', '") }}') and {# -#}
            {%- endif -%}
            {%- if part.over_members == 'distinct' -%}
            (sum_of_{{ name }} < {{ name }} or max_of_{{ name }} > {{ name }})
            {%- else -%}
            sum_of_{{ name }} != {{ name }}
            {%- endif -%}
            {%- if part.over_members == 'additive' and part.distinct_by %} and not (
            dimension in ('{{ part.distinct_by | join("', '") }}')
            {%- if part.unit == 'count' %}
            and sum_of_{{ name }} >= {{ name }} and max_of_{{ name }} <= {{ name }}
            {%- endif -%}
            )
            {%- endif -%}
        {%- endset -%}
        {%- do rules.append({
            'rule': 'kpi_members_add_up ' ~ name,
            'relation': members_beside_totals(relation, checked),
            'shown': members_beside_totals(relation, [name]),
            'breaks': breaks,
        }) -%}
    {%- endfor -%}
    {{ return(rules) }}
{% endmacro %}

{#- A row per period and dimension: sum and largest of its members, and the total, of each part. -#}
{% macro members_beside_totals(relation, parts) -%}
(
    select
        members.*
        {%- for name in parts %},
        totals.{{ name }}
        {%- endfor %}
    from (
        select
            period_grain,
            period_start,
            dimension
            {%- for name in parts %},
            sum({{ name }}) as sum_of_{{ name }},
            max({{ name }}) as max_of_{{ name }}
            {%- endfor %}
        from {{ relation }}
        where dimension != 'total'
        group by period_grain, period_start, dimension
    ) as members
    inner join (select * from {{ relation }} where dimension = 'total') as totals
        on
            members.period_grain = totals.period_grain
            and members.period_start = totals.period_start
) as members_beside_totals
{%- endmacro %}

{#- Ratios that are not their numerator over their denominator (times `scale`, if the YAML names
    one), or that are null without a reason. -#}
{% macro kpi_variants_match_their_parts(relation, meta) %}
    {%- set rules = [] -%}
    {%- for name, variant in meta.variants.items() if variant.get('denominator') -%}
        {%- set breaks -%}
            abs(
                {{ name }}
                - {{ variant.get('scale', 1) }}
                * {{ safe_ratio(variant.numerator, variant.denominator) }}
            ) > 1e-9 * greatest(abs({{ name }}), 1)
            or ({{ name }} is not null and {{ variant.denominator }} = 0)
            {%- if not variant.get('flags') %}
            or (
                {{ name }} is null
                and {{ variant.numerator }} is not null
                and {{ variant.denominator }} != 0
            )
            {%- endif %}
        {%- endset -%}
        {%- do rules.append({
            'rule': 'kpi_variants_match_their_parts ' ~ name, 'relation': relation, 'breaks': breaks
        }) -%}
    {%- endfor -%}
    {{ return(rules) }}
{% endmacro %}

{#- Values outside the bounds of their definition, and values that are not a number. -#}
{% macro kpi_values_in_bounds(relation, meta) %}
    {%- set rules = [] -%}
    {%- for name, variant in meta.variants.items() -%}
        {%- set low, high = variant.get('bounds', [none, none]) -%}
        {%- set breaks -%}
            isnan(cast({{ name }} as double)) or abs({{ name }}) = cast('Infinity' as double)
            {%- if low is not none %} or {{ name }} < {{ low }}{% endif %}
            {%- if high is not none %} or {{ name }} > {{ high }}{% endif %}
        {%- endset -%}
        {%- do rules.append({
            'rule': 'kpi_values_in_bounds ' ~ name, 'relation': relation, 'breaks': breaks
        }) -%}
    {%- endfor -%}
    {{ return(rules) }}
{% endmacro %}
