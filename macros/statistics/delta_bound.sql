{#- Lower (`-`) or upper (`+`) bound at 95 % of a ratio of two sums over units that repeat, by the
    delta method: the ratio's variance over its clusters (visitors, accounts) as independent units.
    Null with fewer than two clusters or an empty denominator.

    Rounded to 12 places, so that engines that add in another order agree; the last of them may lie
    on the other side of a large ratio, which a bound never passes. Squares that cancel out but
    for their last digits are 0: then all units have one ratio.

    numerator, denominator: the sums; clusters: how many units; nn, nd, dd: sums over the units of
    numerator squared, numerator times denominator, denominator squared. bounds: what the ratio
    cannot pass, null = open. -#}
{% macro delta_bound(numerator, denominator, clusters, nn, nd, dd, side, bounds=[0, none]) -%}
    {%- set ratio = '(' ~ safe_ratio(numerator, denominator) ~ ')' -%}
    {%- set squares -%}
        (
            cast({{ nn }} as double)
            - 2 * {{ ratio }} * cast({{ nd }} as double)
            + {{ ratio }} * {{ ratio }} * cast({{ dd }} as double)
        )
    {%- endset -%}
    {%- set bound -%}
        {{ ratio }} {{ side }} 1.959963984540054 * sqrt(
            case when {{ squares }} > 1e-14 * cast({{ nn }} as double) then {{ squares }} else 0 end
            * {{ clusters }} / nullif({{ clusters }} - 1, 0)
        ) / cast({{ denominator }} as double)
    {%- endset -%}
    {%- set outer = 'least' if side == '-' else 'greatest' -%}
    {%- set inner = 'greatest' if side == '-' else 'least' -%}
    {%- set end = bounds[0] if side == '-' else bounds[1] -%}
    case
        when {{ clusters }} > 1 and {{ denominator }} > 0
            then
                {% if end is none -%}
                {{ outer }}({{ ratio }}, round({{ bound }}, 12))
                {%- else -%}
                {{ inner }}({{ end }}, {{ outer }}({{ ratio }}, round({{ bound }}, 12)))
                {%- endif %}
    end
{%- endmacro %}
