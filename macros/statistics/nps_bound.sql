{#- Lower (`-`) or upper (`+`) bound of a net promoter score at 95 %:
    score -+ 1.96 x 100 x sqrt((p + d - (p - d)^2) / n), with p and d the shares of promoters and
    detractors, cut at -100 and 100. Null without answers. -#}
{% macro nps_bound(promoters, detractors, responses, side) -%}
    {%- set net = 'cast(' ~ promoters ~ ' - ' ~ detractors ~ ' as double)' -%}
    {%- set total = 'cast(' ~ responses ~ ' as double)' -%}
    case
        when {{ responses }} > 0
            then {{ 'greatest(-100, ' if side == '-' else 'least(100, ' }}round(100 * (
                {{ net }} / {{ total }} {{ side }} 1.96 * sqrt(
                    (({{ promoters }} + {{ detractors }}) / {{ total }}
                    - power({{ net }} / {{ total }}, 2)) / {{ total }}
                )
            ), 10))
    end
{%- endmacro %}
