{#- Runs after a build that made dq_summary: a line for each raw table above the threshold with its
    shares and reasons, and one line for the others, so that no query is needed to read them. -#}
{% macro report_rejections(results) %}
    {%- if execute -%}
        {%- for result in results if result.node.name == 'dq_summary' and result.status == 'success' -%}
            {%- set query -%}
                select
                    table_name,
                    rows_rejected,
                    rows_landed,
                    round(100 * coalesce(rejected_row_share, 0), 2),
                    round(100 * coalesce(rejected_amount_share, 0), 2),
                    is_above_threshold,
                    reject_reasons
                from {{ result.node.relation_name }}
                where rows_rejected > 0
                order by is_above_threshold desc, table_name
            {%- endset -%}
            {%- set below = [] -%}
            {%- for row in run_query(query).rows -%}
                {%- if row[5] -%}
                    {%- do log(
                        row[0] ~ ": " ~ row[1] ~ " of " ~ row[2] ~ " rows rejected, " ~ row[3]
                        ~ " % of its rows and " ~ row[4] ~ " % of its money, more than"
                        ~ " rejection_threshold allows: " ~ row[6] ~ ". See trust.dq_rejected_rows in"
                        ~ " the build file; mend the rows or raise rejection_threshold.",
                        info=true
                    ) -%}
                {%- else -%}
                    {%- do below.append(row[0] ~ " " ~ row[1]) -%}
                {%- endif -%}
            {%- endfor -%}
            {%- if below -%}
                {%- do log(
                    "Rows rejected, below rejection_threshold: " ~ below | join(', ')
                    ~ ". See trust.dq_summary.",
                    info=true
                ) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
{% endmacro %}
