{{ config(
    materialized=table_or_increments(),
    incremental_strategy='replace_units',
    unique_key='conversion_id',
    meta={'changes_of': 'conversion_id', 'keeps_changes': 'rows', 'event_time': 'converted_date'},
    pre_hook='{{ find_changed_units() }}',
    post_hook='{{ remember_whole_build() }}'
) }}
{#- Weight of a touch in each model: whole numbers, so that shares are exact. A share that several
    touches divide is kept whole by multiplying the others: 40 : 20 / middle : 40 becomes
    2 middle : 1 : 2 middle. -#}
{%- set weights = {
    'first': 'cast(touch_number = 1 as integer)',
    'last': 'cast(is_last as integer)',
    'last_non_direct': 'cast(is_last_non_direct as integer)',
    'linear': '1',
    'position_40_20_40': 'case
            when path_touches <= 2 then 1
            when touch_number = 1 or is_last then 2 * (path_touches - 2)
            else 1
        end',
    'w_30_30_30_10': 'case
            when w_roles > 0 then 3 * w_roles * greatest(w_rest, 1)
            else 1
        end',
    'full_path_22_5': 'case
            when full_path_roles > 0 then 9 * full_path_roles * greatest(full_path_rest, 1)
            else 4
        end',
} %}
{%- for name, half_life in {'time_decay_7d': 7, 'time_decay_30d': 30}.items() %}
{%- do weights.update({name: 'coalesce(
            round(1e9 * power(2, cast(youngest_days - age_days as double) / ' ~ half_life ~ ')), 1
        )'}) %}
{%- endfor %}
-- Only what decides the shares is carried along; what the touches are joins at the end.
with paths as (
    select
        conversion_type,
        conversion_id,
        touch_number,
        path_touches,
        is_last_non_direct,
        touch_number = path_touches as is_last,
        cast(touch_number = 1 as integer)
        + cast(is_at_lead as integer)
        + cast(is_at_opportunity as integer) as w_roles,
        {{ dates_between('touched_at', 'converted_at') }} as age_days
    from {{ rows_of_changed_units(ref('int_conversions__paths')) }}
),

models as (
    {%- for name in weights %}
    select '{{ name }}' as attribution_model
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

roles as (
    select
        *,
        -- The last touch of a lead has the role of its creation already.
        w_roles
        + cast(is_last and conversion_type = 'order' as integer) as full_path_roles
    from paths
),

shapes as (
    select
        conversion_type,
        conversion_id,
        count(*) filter (where w_roles = 0) as w_rest,
        count(*) filter (where w_roles = 0 and not is_last) as full_path_rest,
        min(age_days) as youngest_days
    from roles
    group by conversion_type, conversion_id
),

weighted as (
    select
        {%- for name, weight in weights.items() %}
        cast({{ weight }} as bigint) as weight_{{ name }},
        {%- endfor %}
        roles.conversion_type,
        roles.conversion_id,
        roles.touch_number
    from roles
    inner join shapes
        on
            roles.conversion_type = shapes.conversion_type
            and roles.conversion_id = shapes.conversion_id
),

totals as (
    select
        {%- for name in weights %}
        cast(sum(weight_{{ name }}) as bigint) as total_{{ name }},
        {%- endfor %}
        conversion_type,
        conversion_id
    from weighted
    group by conversion_type, conversion_id
),

shares as (
    select
        weighted.conversion_type,
        weighted.conversion_id,
        weighted.touch_number,
        models.attribution_model,
        case models.attribution_model
            {%- for name in weights %}
            when '{{ name }}' then weighted.weight_{{ name }}
            {%- endfor %}
        end as weight,
        case models.attribution_model
            {%- for name in weights %}
            when '{{ name }}' then totals.total_{{ name }}
            {%- endfor %}
        end as total_weight
    from weighted
    inner join totals
        on
            weighted.conversion_type = totals.conversion_type
            and weighted.conversion_id = totals.conversion_id
    cross join models
),

-- A credit counts in units of 0.00000001; the largest remainders take what rounding down leaves.
units as (
    select
        *,
        {{ integer_divide('weight * cast(100000000 as bigint)', 'total_weight') }} as whole_units,
        weight * cast(100000000 as bigint) % total_weight as remainder
    from shares
    where weight > 0
),

settled as (
    select
        *,
        cast(0 as bigint) as units_left,
        1 as remainder_rank
    from units
    where remainder = 0
    union all
    select
        *,
        {{ integer_divide('cast(sum(remainder) over shared as bigint)', 'total_weight') }}
            as units_left,
        row_number() over (
            partition by conversion_type, conversion_id, attribution_model
            order by remainder desc, touch_number asc
        ) as remainder_rank
    from units
    where remainder > 0
    window shared as (partition by conversion_type, conversion_id, attribution_model)
),

final as (
    select
        cast(touches.conversion_type as string) as conversion_type,
        cast(touches.conversion_id as string) as conversion_id,
        cast(settled.attribution_model as string) as attribution_model,
        cast(touches.converted_date as date) as converted_date,
        cast(touches.account_id as string) as account_id,
        cast(touches.is_valid_conversion as boolean) as is_valid_conversion,
        cast(touches.touch_id as string) as touch_id,
        cast(touches.touched_at as timestamp) as touched_at,
        {%- for name in ['marketing_channel', 'campaign', 'program', 'initiative', 'tactic'] %}
        cast(coalesce(touches.{{ name }}, '(unattributed)') as string) as {{ name }},
        {%- endfor %}
        cast(coalesce(touches.is_marketing, false) as boolean) as is_marketing,
        cast(coalesce(touches.is_paid, false) as boolean) as is_paid,
        cast(
            cast(
                settled.whole_units
                + case when settled.remainder_rank <= settled.units_left then 1 else 0 end
                as decimal(18, 0)
            ) * cast(0.00000001 as decimal(9, 8)) as decimal(18, 8)
        ) as credit
    from settled
    inner join {{ rows_of_changed_units(ref('int_conversions__paths')) }} as touches
        on
            settled.conversion_type = touches.conversion_type
            and settled.conversion_id = touches.conversion_id
            and settled.touch_number = touches.touch_number
)

select * from final
