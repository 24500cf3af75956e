{#- Rules of one table, for broken_rules: those that its YAML names as arguments of the test, and every
    constraint of its contract, so that they are checked where an engine does not enforce them.

    unique: list of keys, each a column, a list of columns, or {name, columns, where}; nulls count as
    equal. not_null: list of columns. accepted_values: column to values; null is accepted.
    conditions: name to SQL, which must be true of each row. -#}
{% macro table_rules(relation, unique, not_null, accepted_values, conditions) %}
    {%- set rules = [] -%}
    {%- for key in unique -%}
        {%- do rules.append(unique_rule(relation, key)) -%}
    {%- endfor -%}
    {%- for column in not_null -%}
        {%- do rules.append({
            'rule': 'not_null ' ~ column, 'relation': relation, 'breaks': column ~ ' is null'
        }) -%}
    {%- endfor -%}
    {%- for column, values in accepted_values.items() -%}
        {%- set literals = [] -%}
        {%- for value in values -%}
            {%- do literals.append(sql_literal(value | string)) -%}
        {%- endfor -%}
        {%- do rules.append({
            'rule': 'accepted_values ' ~ column,
            'relation': relation,
            'breaks': column ~ ' not in (' ~ literals | join(', ') ~ ')',
        }) -%}
    {%- endfor -%}
    {%- for name, condition in conditions.items() -%}
        {%- do rules.append({
            'rule': name,
            'relation': relation,
            'breaks': 'not coalesce(' ~ condition | trim ~ ', false)',
        }) -%}
    {%- endfor -%}
    {{ return(rules + constraint_rules(relation)) }}
{% endmacro %}

{#- Keys that several rows share. Of a key of several columns only those rows are grouped whose hash
    stands there twice: an engine groups numbers in half the time that it needs for wide keys. -#}
{% macro unique_rule(relation, key) %}
    {%- set columns = [key] if key is string else key.columns if key is mapping else key -%}
    {#- After `where`, Spark would take a column in brackets for the columns of an alias. -#}
    {%- set where = ['coalesce(' ~ key.where ~ ', false)'] if key is mapping and key.where else [] -%}
    {%- set hash = key_hash(columns) -%}
    {%- set shared = hash ~ ' in (select ' ~ hash ~ ' from ' ~ relation
        ~ (' where ' ~ where[0] if where) ~ ' group by 1 having count(*) > 1)' -%}
    {{ return({
        'rule': key.name if key is mapping and key.name else 'unique ' ~ columns | join(', '),
        'relation': rows_by_key(relation, columns, where + [shared] if columns | length > 1 else where),
        'shown': rows_by_key(relation, columns, where),
        'breaks': 'rows_with_this_key > 1',
    }) }}
{% endmacro %}

{% macro rows_by_key(relation, columns, where) -%}
    (
        select {{ columns | join(', ') }}, count(*) as rows_with_this_key
        from {{ relation }}
        {{ 'where ' ~ where | join(' and ') if where }}
        group by {{ columns | join(', ') }}
    ) as keys
{%- endmacro %}

{#- Constraints of the tested table and of its columns; as in SQL, a check that is null holds. -#}
{% macro constraint_rules(relation) %}
    {%- set rules = [] -%}
    {%- set node = tested_node() -%}
    {%- for column in node.columns.values() -%}
        {%- for constraint in column.constraints -%}
            {%- do rules.append(constraint_rule(relation, constraint, [column.name])) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for constraint in node.constraints or [] -%}
        {%- do rules.append(constraint_rule(relation, constraint, constraint.columns)) -%}
    {%- endfor -%}
    {{ return(rules) }}
{% endmacro %}

{% macro constraint_rule(relation, constraint, columns) %}
    {%- if constraint.type == 'not_null' -%}
        {{ return({
            'rule': 'not_null ' ~ columns[0], 'relation': relation, 'breaks': columns[0] ~ ' is null'
        }) }}
    {%- elif constraint.type == 'check' -%}
        {{ return({
            'rule': constraint.name or 'check ' ~ constraint.expression | trim,
            'relation': relation,
            'breaks': 'not (' ~ constraint.expression | trim ~ ')',
        }) }}
    {%- elif constraint.type == 'unique' -%}
        {{ return(unique_rule(relation, columns)) }}
    {%- else -%}
        {{ exceptions.raise_compiler_error("No rule checks constraints of type " ~ constraint.type) }}
    {%- endif -%}
{% endmacro %}
