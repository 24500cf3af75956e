{%- set decays = {'time_decay_7d': 7, 'time_decay_30d': 30} %}
with paths as (
    select *
    from {{ ref('int_conversions__paths') }}
),

models as (
    {%- for name in attribution_models() %}
    select '{{ name }}' as attribution_model
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

roles as (
    select
        *,
        path_touches - touch_number = 0 as is_last,
        cast(touch_number = 1 as integer)
        + cast(is_at_lead as integer)
        + cast(is_at_opportunity as integer) as w_roles,
        {{ dates_between('touched_at', 'converted_at') }} as age_days
    from paths
),

shapes as (
    select
        *,
        -- The last touch of a lead has the role of its creation already.
        w_roles
        + cast(is_last and conversion_type = 'order' as integer) as full_path_roles,
        count(*) filter (where w_roles = 0) over conversion as w_rest,
        count(*) filter (where w_roles = 0 and not is_last) over conversion as full_path_rest,
        min(age_days) over conversion as youngest_days
    from roles
    window conversion as (partition by conversion_type, conversion_id)
),

-- Whole numbers, so that shares are exact. A share that several touches divide is kept whole by
-- multiplying the others: 40 : 20 / middle : 40 becomes 2 middle : 1 : 2 middle.
weighted as (
    select
        shapes.*,
        models.attribution_model,
        cast(
            case models.attribution_model
                when 'first' then cast(shapes.touch_number = 1 as integer)
                when 'last' then cast(shapes.is_last as integer)
                when 'last_non_direct' then cast(shapes.is_last_non_direct as integer)
                when 'linear' then 1
                when 'position_40_20_40'
                    then case
                        when shapes.path_touches <= 2 then 1
                        when shapes.touch_number = 1 or shapes.is_last
                            then 2 * (shapes.path_touches - 2)
                        else 1
                    end
                when 'w_30_30_30_10'
                    then case
                        when shapes.w_roles > 0 then 3 * shapes.w_roles * greatest(shapes.w_rest, 1)
                        else 1
                    end
                when 'full_path_22_5'
                    then case
                        when shapes.full_path_roles > 0
                            then 9 * shapes.full_path_roles * greatest(shapes.full_path_rest, 1)
                        else 4
                    end
                {%- for name, half_life in decays.items() %}
                when '{{ name }}'
                    then coalesce(
                        round(
                            1e9 * power(
                                2.0, (shapes.youngest_days - shapes.age_days) / {{ half_life }}.0
                            )
                        ),
                        1
                    )
                {%- endfor %}
            end as bigint
        ) as weight
    from shapes
    cross join models
),

shares as (
    select
        *,
        sum(weight) over shared as total_weight
    from weighted
    where weight > 0
    window shared as (partition by conversion_type, conversion_id, attribution_model)
),

-- A credit counts in units of 0.00000001; the largest remainders take what rounding down leaves.
units as (
    select
        *,
        {{ integer_divide('weight * 100000000', 'total_weight') }} as whole_units,
        weight * 100000000 % total_weight as remainder
    from shares
),

settled as (
    select
        *,
        100000000 - sum(whole_units) over shared as units_left,
        row_number() over (
            partition by conversion_type, conversion_id, attribution_model
            order by remainder desc, touch_number asc
        ) as remainder_rank
    from units
    window shared as (partition by conversion_type, conversion_id, attribution_model)
),

final as (
    select
        cast(conversion_type as varchar) as conversion_type,
        cast(conversion_id as varchar) as conversion_id,
        cast(attribution_model as varchar) as attribution_model,
        cast(converted_date as date) as converted_date,
        cast(account_id as varchar) as account_id,
        cast(is_valid_conversion as boolean) as is_valid_conversion,
        cast(touch_id as varchar) as touch_id,
        cast(touched_at as timestamp) as touched_at,
        {%- for name in ['marketing_channel', 'campaign', 'program', 'initiative', 'tactic'] %}
        cast(coalesce({{ name }}, '(unattributed)') as varchar) as {{ name }},
        {%- endfor %}
        cast(coalesce(is_marketing, false) as boolean) as is_marketing,
        cast(coalesce(is_paid, false) as boolean) as is_paid,
        cast(
            cast(
                whole_units
                + case when remainder_rank <= units_left then 1 else 0 end as decimal(18, 0)
            ) * cast(0.00000001 as decimal(9, 8)) as decimal(18, 8)
        ) as credit
    from settled
)

select * from final
