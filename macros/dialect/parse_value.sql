{#- Text to a type of the landing contract; null where the text is not of that type.
    Types: text, integer, decimal (18,4), rate (18,8), boolean, date, timestamp (UTC, naive).
    Only the written forms of the contract are read: words like `infinity`, hexadecimal numbers,
    dates without a leading year or in a year 0, and offsets that no zone has are refused, although
    the engine would take them. Of a moment in a date column the day counts as it is written. -#}
{% macro parse_value(text_sql, contract_type) -%}
    {%- set number = "'[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]+)?'" -%}
    {%- set iso_date -%}
        '[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?( ?(Z|UTC|[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?))?)?'
    {%- endset -%}
    {%- if contract_type == 'text' -%}
        {{ text_sql }}
    {%- elif contract_type == 'integer' -%}
        case
            when {{ is_pattern(text_sql, "'[+-]?[0-9]+([.]0*)?'") }}
                then {{ whole_number(text_sql) }}
        end
    {%- elif contract_type in ('decimal', 'rate') -%}
        case
            when {{ is_pattern(text_sql, number) }}
                then try_cast({{ text_sql }} as {{ contract_sql_type(contract_type) }})
        end
    {%- elif contract_type == 'boolean' -%}
        case
            when lower({{ text_sql }}) in ('true', '1') then true
            when lower({{ text_sql }}) in ('false', '0') then false
        end
    {%- elif contract_type == 'date' -%}
        case
            when
                {{ is_pattern(text_sql, iso_date) }}
                and left({{ text_sql }}, 4) != '0000'
                and {{ moment_in_utc(text_sql) }} is not null
                then try_cast({{ text_sql }} as date)
        end
    {%- elif contract_type == 'timestamp' -%}
        case
            when
                {{ is_pattern(text_sql, iso_date) }}
                and left({{ text_sql }}, 4) != '0000'
                then {{ moment_in_utc(text_sql) }}
        end
    {%- else -%}
        {{ exceptions.raise_compiler_error("Unknown type '" ~ contract_type ~ "' in the landing contract") }}
    {%- endif -%}
{%- endmacro %}

{#- Digits, with or without a point and zeros behind them, as a bigint; null if they are too many. -#}
{% macro whole_number(text_sql) -%}
    {%- if target.type == 'spark' -%}
    try_cast(try_cast({{ text_sql }} as decimal(38, 6)) as bigint)
    {%- else -%}
    try_cast({{ text_sql }} as bigint)
    {%- endif -%}
{%- endmacro %}

{#- A written moment, with an offset or in UTC, as a timestamp in UTC; null if there is no such. -#}
{% macro moment_in_utc(text_sql) -%}
    {%- if target.type == 'spark' -%}
    try_cast({{ text_sql }} as timestamp)
    {%- else -%}
    try_cast({{ text_sql }} as timestamptz) at time zone 'UTC'
    {%- endif -%}
{%- endmacro %}

{#- The SQL type of a type of the landing contract. -#}
{% macro contract_sql_type(contract_type) -%}
    {{ {
        'text': 'string',
        'integer': 'bigint',
        'decimal': 'decimal(18, 4)',
        'rate': 'decimal(18, 8)',
        'boolean': 'boolean',
        'date': 'date',
        'timestamp': 'timestamp',
    }[contract_type] }}
{%- endmacro %}
