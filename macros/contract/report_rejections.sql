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
                        rejection_line(row[0], row[1], row[2], row[3], row[4], row[6])
                        ~ " See trust.dq_rejected_rows in the build file.",
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

{#- What is said of a raw table of which more is rejected than the threshold allows; shares in percent. -#}
{% macro rejection_line(table_name, rejected, landed, row_share, money_share, reasons) %}
    {{ return(
        table_name ~ ": " ~ rejected ~ " of " ~ landed ~ " rows rejected, " ~ row_share
        ~ " % of its rows and " ~ money_share ~ " % of its money, more than rejection_threshold allows: "
        ~ reasons ~ "; mend the rows or raise rejection_threshold."
    ) }}
{% endmacro %}
