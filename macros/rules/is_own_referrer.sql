{#- True if the referrer's host is the page's own: the same, or one a subdomain of the other. -#}
{% macro is_own_referrer(referrer_host, page_host) -%}
    (
        {{ referrer_host }} = {{ page_host }}
        or {{ referrer_host }} like '%.' || {{ page_host }}
        or {{ page_host }} like '%.' || {{ referrer_host }}
    )
{%- endmacro %}
