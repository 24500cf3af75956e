{#- The marketing channel of every source, medium and campaign that a relation holds, by
    `channel_rules`: the first rule that matches, `Unassigned` if none does.

    relation: a CTE or relation with the columns source, medium and campaign (null is allowed and
    reads as `(not set)`; a visit without campaign data has the source `(direct)` and the medium
    `(none)`).
    Columns: source, medium, campaign, marketing_channel, is_marketing, is_paid. One row per combination;
    join with `is not distinct from`, since they may be null. -#}
{% macro channel_map(relation) -%}
select
    combinations.source,
    combinations.medium,
    combinations.campaign,
    coalesce(
        min_by(rules.marketing_channel, rules.rule_order), 'Unassigned'
    ) as marketing_channel,
    coalesce(min_by(rules.is_marketing, rules.rule_order), false) as is_marketing,
    coalesce(min_by(rules.is_paid, rules.rule_order), false) as is_paid
from (select distinct source, medium, campaign from {{ relation }}) as combinations
left join {{ ref('channel_rules') }} as rules
    on
        {%- for name in ['source', 'medium', 'campaign'] %}
        {{ 'and ' if not loop.first }}{{ matches_pattern(
            "lower(coalesce(combinations." ~ name ~ ", '(not set)'))",
            "coalesce(rules." ~ name ~ "_pattern, '')"
        ) }}
        {%- endfor %}
group by combinations.source, combinations.medium, combinations.campaign
{%- endmacro %}
