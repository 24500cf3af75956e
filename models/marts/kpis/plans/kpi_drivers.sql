{{ config(
    materialized=table_or_increments(keeps_changes()),
    incremental_strategy='replace_units',
    unique_key=['kpi', 'period_grain', 'period_start'],
    meta={'follows': 'kpi_values'},
    pre_hook='{{ follow_changed_units() }}',
    post_hook='{{ remember_whole_build() }}'
) }}
with catalog as (
    select kpi, variant, numerator, denominator, scale, unit, additive_dimensions
    from {{ ref('kpi_catalog') }}
),

cells as (
    select
        kpi,
        variant,
        period_grain,
        period_start,
        dimension,
        dimension_value,
        {{ addable('numerator') }} as numerator,
        denominator,
        value,
        currency_code,
        value_status
    from {{ ref('kpi_values') }}
    where period_grain in ({{ driver_grains() }})
),

comparisons as (
    {%- for comparison in ['previous', 'year_ago'] %}
    select
        period_grain,
        period_start,
        period_end,
        '{{ comparison }}' as comparison,
        {{ comparison }}_period_start as compared_period_start
    from {{ ref('dim_periods') }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

-- What adds up over some dimension. Money may be split by the ratio of its KPI that divides it, in
-- money too; of several by the first by name.
variants as (
    select
        catalog.kpi,
        catalog.variant,
        catalog.denominator is not null as is_ratio,
        catalog.scale,
        catalog.unit,
        concat(', ', catalog.additive_dimensions, ', ') as additive_dimensions,
        min(ratios.variant) as ratio_variant
    from catalog
    left join catalog as ratios
        on
            catalog.kpi = ratios.kpi
            and catalog.variant = ratios.numerator
            and catalog.unit = 'currency'
            and ratios.unit = 'currency'
    where catalog.additive_dimensions is not null
    group by
        catalog.kpi,
        catalog.variant,
        catalog.denominator,
        catalog.scale,
        catalog.unit,
        catalog.additive_dimensions
),

totals as (
    select *
    from cells
    where dimension = 'total'
),

-- A number names a change in what follows, since five keys of text are slow to group and to sort.
changes as (
    select
        row_number() over (
            order by
                totals.kpi,
                totals.variant,
                totals.period_grain,
                totals.period_start,
                comparisons.comparison
        ) as change_number,
        variants.kpi,
        variants.variant,
        variants.is_ratio,
        variants.scale,
        variants.unit,
        variants.additive_dimensions,
        variants.ratio_variant,
        comparisons.period_grain,
        comparisons.period_start,
        comparisons.period_end,
        comparisons.comparison,
        comparisons.compared_period_start,
        totals.currency_code,
        totals.denominator,
        earlier.denominator as earlier_denominator,
        (totals.value + earlier.value) / 2 as mean_value,
        case
            when variants.is_ratio then {{ addable('totals.value - earlier.value') }}
            when totals.value - earlier.value is not null
                then {{ addable('totals.numerator - earlier.numerator') }}
        end as change,
        totals.value_status,
        earlier.value_status as earlier_value_status
    from {{ rows_of_changed_units('totals') }} as totals
    inner join variants
        on
            totals.kpi = variants.kpi
            and totals.variant = variants.variant
    inner join comparisons
        on
            totals.period_grain = comparisons.period_grain
            and totals.period_start = comparisons.period_start
    left join totals as earlier
        on
            totals.kpi = earlier.kpi
            and totals.variant = earlier.variant
            and totals.period_grain = earlier.period_grain
            and comparisons.compared_period_start = earlier.period_start
),

-- The two periods of each change, the one that is compared and the one it is compared with.
sides as (
    select
        change_number,
        kpi,
        variant,
        period_grain,
        period_start as cell_start,
        true as is_now,
        additive_dimensions
    from changes
    where change is not null
    union all
    select
        change_number,
        kpi,
        variant,
        period_grain,
        compared_period_start as cell_start,
        false as is_now,
        additive_dimensions
    from changes
    where change is not null
),

-- Who is absent in one of the two periods has nothing there.
members as (
    select
        sides.change_number,
        cells.dimension,
        cells.dimension_value,
        sum(case when sides.is_now then cells.numerator else 0 end) as numerator,
        sum(case when sides.is_now then cells.denominator else 0 end) as denominator,
        sum(case when sides.is_now then 0 else cells.numerator end) as earlier_numerator,
        sum(case when sides.is_now then 0 else cells.denominator end) as earlier_denominator
    from cells
    inner join sides
        on
            cells.kpi = sides.kpi
            and cells.variant = sides.variant
            and cells.period_grain = sides.period_grain
            and cells.period_start = sides.cell_start
    where position(concat(', ', cells.dimension, ', ') in sides.additive_dimensions) > 0
    group by sides.change_number, cells.dimension, cells.dimension_value
),

weighed as (
    select
        members.change_number,
        changes.is_ratio,
        changes.mean_value,
        members.dimension,
        members.dimension_value,
        {{ addable('members.numerator') }} - {{ addable('members.earlier_numerator') }}
            as difference,
        {{ safe_ratio('members.denominator', 'changes.denominator') }} as weight,
        {{ safe_ratio('members.earlier_denominator', 'changes.earlier_denominator') }}
            as earlier_weight,
        changes.scale * {{ safe_ratio('members.numerator', 'members.denominator') }} as ratio,
        changes.scale * {{ safe_ratio('members.earlier_numerator', 'members.earlier_denominator') }}
            as earlier_ratio,
        changes.scale * {{ safe_ratio('members.numerator', 'changes.denominator') }} as brought,
        changes.scale * {{ safe_ratio('members.earlier_numerator', 'changes.earlier_denominator') }}
            as earlier_brought
    from members
    inner join changes on members.change_number = changes.change_number
),

-- Means are of both periods. A member without a denominator has no ratio: its numerator still
-- moves the total.
moved as (
    select
        change_number,
        dimension,
        dimension_value,
        case when not is_ratio then difference end as amount,
        (weight - earlier_weight) * ((ratio + earlier_ratio) / 2 - mean_value) as mix,
        (ratio - earlier_ratio) * (weight + earlier_weight) / 2 as rate,
        case
            when earlier_ratio is null then weight * (ratio - mean_value)
            when ratio is null then -earlier_weight * (earlier_ratio - mean_value)
        end as entry_exit,
        case when ratio is null then brought else 0 end
        - case when earlier_ratio is null then earlier_brought else 0 end as numerator_only
    from weighed
),

-- Money is what it is divided by times what each of that brings.
divided as (
    select
        changes.change_number,
        'total' as dimension,
        'all' as dimension_value,
        cast(ratios.denominator - earlier.denominator as double)
        * (ratios.value + earlier.value) / 2 as volume,
        (ratios.value - earlier.value)
        * cast(ratios.denominator + earlier.denominator as double) / 2 as value
    from changes
    inner join totals as ratios
        on
            changes.kpi = ratios.kpi
            and changes.ratio_variant = ratios.variant
            and changes.period_grain = ratios.period_grain
            and changes.period_start = ratios.period_start
    inner join totals as earlier
        on
            changes.kpi = earlier.kpi
            and changes.ratio_variant = earlier.variant
            and changes.period_grain = earlier.period_grain
            and changes.compared_period_start = earlier.period_start
    where changes.change is not null
),

effects as (
    {%- for effect, relation in {
        'amount': 'moved', 'mix': 'moved', 'rate': 'moved', 'entry_exit': 'moved',
        'numerator_only': 'moved', 'volume': 'divided', 'value': 'divided',
    }.items() %}
    select
        change_number,
        dimension,
        dimension_value,
        '{{ effect }}' as effect,
        {{ addable(effect) }} as contribution
    from {{ relation }}
    where {{ effect }} is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

-- What rounding leaves goes to the largest effect.
ranked as (
    select
        *,
        row_number() over (
            partition by change_number, dimension
            order by abs(contribution) desc, dimension_value asc, effect asc
        ) as effect_rank,
        {{ addable('sum(contribution) over (partition by change_number, dimension)') }}
            as contributions
    from effects
),

final as (
    select
        changes.kpi,
        changes.variant,
        changes.period_grain,
        changes.period_start,
        changes.period_end,
        changes.comparison,
        changes.compared_period_start,
        coalesce(ranked.dimension, 'total') as dimension,
        coalesce(ranked.dimension_value, 'all') as dimension_value,
        coalesce(ranked.effect, 'none') as effect,
        changes.unit,
        changes.currency_code,
        cast(changes.change as decimal(38, 12)) as change,
        cast(
            case ranked.effect_rank
                when 1 then ranked.contribution + changes.change - ranked.contributions
                else ranked.contribution
            end as decimal(38, 12)
        ) as contribution,
        cast(
            case ranked.effect_rank when 1 then changes.change - ranked.contributions else 0 end
            as decimal(38, 12)
        ) as rounding,
        case
            when changes.change is null then 'not_estimable'
            {%- for status in [
                'fx_missing', 'left_censored', 'partial_period', 'immature', 'low_n',
            ] %}
            when '{{ status }}' in (changes.value_status, changes.earlier_value_status)
                then '{{ status }}'
            {%- endfor %}
            else 'ok'
        end as driver_status
    from changes
    left join ranked on changes.change_number = ranked.change_number
    where
        changes.change is null
        or ranked.contribution != 0
        or (ranked.effect_rank = 1 and changes.change != ranked.contributions)
)

select * from final
