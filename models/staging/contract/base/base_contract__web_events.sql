{{ config(meta={'changes_of': qualified_id('client_id')}) }}
{{ base_rows('web_events') }}
