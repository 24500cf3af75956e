{%- set stages = [
    'mql', 'sal', 'sql', 'opportunity', 'customer', 'rejected', 'recycled', 'disqualified',
] -%}
with entries as (
    select
        lead_id,
        stage,
        entered_at,
        is_reentry,
        is_bulk_change,
        case stage
            {%- for stage in ['lead'] + stages %}
            when '{{ stage }}' then {{ loop.index }}
            {%- endfor %}
        end as stage_rank
    from {{ ref('int_leads__stage_entries') }}
    where is_eligible
),

leads as (
    select
        lead_id,
        {%- for stage in stages %}
        min(entered_at) filter (where stage = '{{ stage }}') as {{ stage }}_entered_at,
        {%- endfor %}
        count(*) filter (where is_reentry) as stage_reentries,
        bool_or(is_bulk_change) as has_bulk_change
    from entries
    group by lead_id
),

current_stages as (
    select
        lead_id,
        stage as current_stage
    from entries
    qualify
        row_number() over (partition by lead_id order by entered_at desc, stage_rank desc) = 1
),

-- What sales did with a lead that marketing had handed over: it took it, or gave it back. Who was
-- accepted without a recorded MQL has been one, and can be given back too.
after_mql as (
    select
        entries.lead_id,
        min(entries.entered_at) filter (
            where entries.stage in (
                'sal', 'sql', 'opportunity', 'rejected', 'recycled', 'disqualified'
            )
            and entries.entered_at >= leads.mql_entered_at
        ) as mql_responded_at,
        max_by(entries.stage, (entries.entered_at, entries.stage_rank)) filter (
            where entries.stage in ('rejected', 'recycled', 'disqualified')
        ) as mql_given_back_as
    from entries
    inner join leads
        on
            entries.lead_id = leads.lead_id
            and entries.entered_at
            >= {{ earliest('leads.mql_entered_at', 'leads.sal_entered_at') }}
    group by entries.lead_id
),

final as (
    select
        leads.*,
        after_mql.mql_responded_at,
        after_mql.mql_given_back_as,
        current_stages.current_stage
    from leads
    left join current_stages
        on leads.lead_id = current_stages.lead_id
    left join after_mql
        on leads.lead_id = after_mql.lead_id
)

select * from final
