{#- An amount spread over lines by weight, so that the parts add up to it to the minor unit
    (rule M2): a query with spread_id, line_id and amount.

    relation: a relation or CTE with spread_id (what is spread), line_id (unique in it), amount (the
    same on every line of a spread_id), weight (decimal(18, 4)) and minor_unit_digits.

    In integers. The parts left over by rounding down go, one unit each, to the largest remainders,
    ties by line id. An amount finer than the minor unit is spread in ten-thousandths. Negative
    weights take nothing as long as there is a positive one; without any weight the lines are
    equal. -#}
{% macro spread_by_largest_remainder(relation) -%}
    with weighted as (
        select
            spread_id,
            line_id,
            {{ sign_of('amount') }} as amount_sign,
            {{ wide_integer('abs(cast(amount as decimal(22, 4))) * 10000') }} as amount_parts,
            {{ wide_integer('power(10, 4 - minor_unit_digits)') }} as parts_per_unit,
            cast(
                case
                    when max(weight) over same_spread > 0 then greatest(weight, 0)
                    when min(weight) over same_spread < 0 then abs(weight)
                    else 1
                end as decimal(22, 4)
            ) as positive_weight
        from {{ relation }}
        window same_spread as (partition by spread_id)
    ),

    in_units as (
        select
            spread_id,
            line_id,
            amount_sign,
            case when amount_parts % parts_per_unit = 0 then parts_per_unit else 1 end as unit_size,
            {{ wide_integer('positive_weight * cast(10000 as decimal(9, 0))') }} as weight,
            amount_parts
        from weighted
    ),

    totalled as (
        select
            spread_id,
            line_id,
            amount_sign,
            unit_size,
            {{ integer_divide('amount_parts', 'unit_size') }} as units,
            weight,
            sum(weight) over (partition by spread_id) as total_weight
        from in_units
    ),

    rounded_down as (
        select
            spread_id,
            line_id,
            amount_sign,
            unit_size,
            units,
            {{ integer_divide('units * weight', 'total_weight') }} as line_units,
            (units * weight) % total_weight as remainder
        from totalled
    ),

    ranked as (
        select
            spread_id,
            line_id,
            amount_sign,
            unit_size,
            line_units,
            units - sum(line_units) over (partition by spread_id) as units_left,
            row_number() over (
                partition by spread_id
                order by remainder desc, line_id
            ) as remainder_rank
        from rounded_down
    )

    select
        spread_id,
        line_id,
        cast(
            amount_sign
            * cast(
                (line_units + case when remainder_rank <= units_left then 1 else 0 end) * unit_size
                as decimal(28, 0)
            )
            * cast(0.0001 as decimal(5, 4))
            as decimal(18, 4)
        ) as amount
    from ranked
{%- endmacro %}
