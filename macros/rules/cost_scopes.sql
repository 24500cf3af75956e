{#- The cost scopes of a group, as a list for SQL's `in (...)`. The only place that says which costs
    are marketing's, sales', and so on. A cost scope is in one of the first four groups.

    marketing     S0, S1: money spent on marketing, its people in it
    sales         the people who sell and their commissions
    overhead      S2: office and staff that belong to neither
    retention     keeping customers; never a cost of acquiring them
    acquisition   S3: all marketing and sales expenses; the default of CAC
    fully_loaded  S2: these and overhead
    ad_spend      the scope that ads platforms' spend is booked in

    acquisition_and_retention  S4: the costs of acquiring and retaining customers -#}
{% macro cost_scopes(group) -%}
    {%- set marketing = ['marketing_program', 'marketing_people'] -%}
    {%- set sales = ['sales_people', 'sales_commission'] -%}
    {%- set groups = {
        'marketing': marketing,
        'sales': sales,
        'overhead': ['overhead'],
        'retention': ['retention'],
        'acquisition': marketing + sales,
        'fully_loaded': marketing + sales + ['overhead'],
        'ad_spend': ['marketing_program'],
        'acquisition_and_retention': marketing + sales + ['retention'],
    } -%}
    {%- if group not in groups -%}
        {{ exceptions.raise_compiler_error(
            "Unknown group of cost scopes '" ~ group ~ "': one of " ~ groups | join(', ')
        ) }}
    {%- endif -%}
    '{{ groups[group] | join("', '") }}'
{%- endmacro %}
