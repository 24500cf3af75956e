{#- Lower (`-`) or upper (`+`) bound of Wilson's score interval at 95 % for `successes` out of
    `trials`; null without trials. Source: E. B. Wilson, 1927. -#}
{% macro wilson_bound(successes, trials, side) -%}
    {%- set z2 = '3.841458820694124' -%}
    {%- set count = 'cast(' ~ successes ~ ' as double)' -%}
    {%- set total = 'nullif(cast(' ~ trials ~ ' as double), 0)' -%}
    case
        when {{ trials }} > 0 and {{ successes }} between 0 and {{ trials }}
            then {{ 'greatest(0, ' if side == '-' else 'least(1, ' }}(
                {{ count }} + {{ z2 }} / 2 {{ side }} sqrt(
                    {{ z2 }} * {{ count }} * (1 - {{ count }} / {{ total }}) + {{ z2 }} * {{ z2 }} / 4
                )
            ) / ({{ total }} + {{ z2 }}))
    end
{%- endmacro %}
