{#- Lower (`-`) or upper (`+`) bound at 95 % of the difference of two values that have intervals of
    their own. Source: R. G. Newcombe, 1998, method 10, with Wilson's intervals; with symmetric ones
    it is the usual interval of a difference of independent values.

    after, before: what the columns value, ci_low and ci_high of each begin with. -#}
{% macro newcombe_bound(after, before, side) -%}
    {%- set (upper, lower) = ('ci_high', 'ci_low') if side == '+' else ('ci_low', 'ci_high') -%}
    ({{ after }}value - {{ before }}value) {{ side }} sqrt(
        power({{ after }}{{ upper }} - {{ after }}value, 2)
        + power({{ before }}value - {{ before }}{{ lower }}, 2)
    )
{%- endmacro %}
