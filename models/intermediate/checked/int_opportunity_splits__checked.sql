with splits as (
    select
        splits.opportunity_id,
        splits.sales_rep_id,
        splits.share,
        splits.source_name,
        splits.row_hash,
        {{ row_exclusion('cast(null as timestamp)', 'splits') }} as exclusion_reason
    from {{ ref('stg_contract__opportunity_splits') }} as splits
    cross join {{ ref('int_build__clock') }} as clock
),

opportunities as (
    select
        opportunity_id,
        reject_reason
    from {{ ref('int_opportunities__checked') }}
),

opportunities_rejected_in_staging as (
    select distinct {{ qualified_id('opportunity_id') }} as opportunity_id
    from {{ ref('base_contract__opportunities') }}
    where row_status = 'rejected' and opportunity_id is not null
),

summed as (
    select
        *,
        sum(share) filter (where exclusion_reason is null) over (partition by opportunity_id)
            as total_share
    from splits
),

final as (
    select
        summed.opportunity_id,
        summed.sales_rep_id,
        summed.share,
        summed.exclusion_reason,
        'opportunity_splits' as table_name,
        summed.source_name,
        summed.row_hash,
        case
            when
                opportunities.opportunity_id is null
                and rejected_opportunities.opportunity_id is null
                then 'orphan_split'
            when opportunities.opportunity_id is null or opportunities.reject_reason is not null
                then 'opportunity_rejected'
            -- Thirds are written as 0.333: what is rounded away is no contradiction.
            when summed.exclusion_reason is null and abs(summed.total_share - 1) > 0.001
                then 'shares_do_not_add_up'
        end as reject_reason,
        summed.opportunity_id || ' | ' || summed.sales_rep_id as row_key
    from summed
    left join opportunities on summed.opportunity_id = opportunities.opportunity_id
    left join opportunities_rejected_in_staging as rejected_opportunities
        on summed.opportunity_id = rejected_opportunities.opportunity_id
)

select * from final
