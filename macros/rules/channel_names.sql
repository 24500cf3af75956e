{#- How `channel_rules` calls the marketing channels that a relation names: the channel of the same
    letters (`paid_search` is Paid Search), else what the rules make of the name as source and
    medium, else the name as given. So one channel has one name, whoever writes it.

    relation: a CTE or relation with the column `marketing_channel`.
    Columns: given_channel, marketing_channel, is_marketing and is_paid (false for channels that the
    rules don't know). One row per name given. -#}
{% macro channel_names(relation) -%}
with given as (
    select distinct
        marketing_channel as source,
        marketing_channel as medium,
        cast(null as string) as campaign
    from {{ relation }}
    where marketing_channel is not null
),

ruled as (
    {{ channel_map('given') | indent(4) }}
),

listed as (
    select
        {{ letters_of('marketing_channel') }} as letters,
        min(marketing_channel) as marketing_channel,
        bool_or(is_marketing) as is_marketing,
        bool_or(is_paid) as is_paid
    from {{ ref('channel_rules') }}
    group by {{ letters_of('marketing_channel') }}
)

select
    ruled.source as given_channel,
    coalesce(
        listed.marketing_channel, nullif(ruled.marketing_channel, 'Unassigned'), ruled.source
    ) as marketing_channel,
    coalesce(listed.is_marketing, ruled.is_marketing) as is_marketing,
    coalesce(listed.is_paid, ruled.is_paid) as is_paid
from ruled
left join listed
    on {{ letters_of('ruled.source') }} = listed.letters
{%- endmacro %}

{#- A name without case, spaces and signs. -#}
{% macro letters_of(text_sql) -%}
    {{ replace_pattern('lower(' ~ text_sql ~ ')', "'[^a-z0-9]'") }}
{%- endmacro %}
