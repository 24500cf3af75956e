-- Who is who: companies after merges, their versions, contacts, e-mail addresses. The seeds
-- internal_accounts and company_links have no rows as shipped, and are left out.
create table company_rows as
from stg.companies
where not is_deleted and coalesce(valid_from <= getvariable('as_of'), true);

create table merges as
select
    company_id as from_id,
    arg_max(merged_into_company_id, coalesce(valid_from, timestamp '0001-01-01')) as to_id
from company_rows
group by company_id
having to_id is not null;

create table good_merges as
from merges
where
    to_id in (select company_id from company_rows)
    and from_id not in (select from_id from reached('merges') where from_id = to_id);

create table companies as
select
    company_rows.company_id,
    coalesce(ends.to_id, company_rows.company_id) as account_id,
    nullif(regexp_replace(company_rows.domain, '^(@|www[.])', ''), '') as domain,
    bool_or(company_rows.is_internal) over (partition by coalesce(ends.to_id, company_id))
        as is_internal
from (
    from company_rows
    qualify
        row_number() over (partition by company_id order by valid_from desc nulls last) = 1
) as company_rows
left join chain_ends('good_merges') as ends on company_rows.company_id = ends.from_id;

create table internal_accounts as
select distinct account_id from companies where is_internal;

-- Versions by day: the first reaches back to the beginning, each ends where the next starts.
create table company_versions as
with versions as (
    select
        company_rows.* replace (cast(company_rows.valid_from as date) as valid_from)
    from company_rows
    inner join companies
        on company_rows.company_id = companies.company_id
        and companies.company_id = companies.account_id
    qualify row_number() over (
        partition by company_rows.company_id, cast(company_rows.valid_from as date)
        order by company_rows.valid_from desc nulls last
    ) = 1
)

select
    versions.company_id as account_id,
    case
        when row_number() over by_start = 1 then date '0001-01-01' else versions.valid_from
    end as valid_from,
    lead(versions.valid_from, 1, date '9999-12-31') over by_start as valid_to,
    nullif(coalesce(parents.account_id, versions.parent_company_id), versions.company_id)
        as parent_account_id,
    versions.industry,
    versions.segment,
    versions.country_code,
    coalesce(versions.account_size_band, size_bands.account_size_band) as account_size_band,
    versions.sales_rep_id
from versions
left join companies as parents on versions.parent_company_id = parents.company_id
left join config.size_bands
    on versions.employee_count between size_bands.employees_from
    and coalesce(size_bands.employees_to, versions.employee_count)
window by_start as (partition by versions.company_id order by versions.valid_from nulls first);

-- Up the chain of parents, each step on the days on which all its links hold.
create table ultimate_parents as
with recursive links as (
    select
        versions.account_id,
        versions.valid_from,
        versions.valid_to,
        known.account_id as parent_id
    from company_versions as versions
    left join (select distinct account_id from companies) as known
        on versions.parent_account_id = known.account_id
),

climbed as (
    select
        account_id, account_id as top_id, [account_id] as path, false as is_circle,
        date '0001-01-01' as valid_from, date '9999-12-31' as valid_to
    from (select distinct account_id from companies)
    union all
    select
        climbed.account_id,
        links.parent_id,
        list_append(climbed.path, links.parent_id),
        list_contains(climbed.path, links.parent_id),
        greatest(climbed.valid_from, links.valid_from),
        least(climbed.valid_to, links.valid_to)
    from climbed
    inner join links
        on climbed.top_id = links.account_id
        and climbed.valid_from < links.valid_to and climbed.valid_to > links.valid_from
        and links.parent_id is not null and not climbed.is_circle
)

select account_id, top_id, valid_from, valid_to from climbed where is_circle
union all
select
    climbed.account_id,
    climbed.top_id,
    greatest(climbed.valid_from, links.valid_from),
    least(climbed.valid_to, links.valid_to)
from climbed
inner join links
    on climbed.top_id = links.account_id
    and climbed.valid_from < links.valid_to and climbed.valid_to > links.valid_from
    and links.parent_id is null and not climbed.is_circle;

create table contact_rows as
from stg.contacts
where not is_deleted and coalesce(created_at <= getvariable('as_of'), true);

create table contact_merges as
select contact_id as from_id, merged_into_contact_id as to_id
from contact_rows
where merged_into_contact_id is not null;

create table good_contact_merges as
from contact_merges
where
    to_id in (select contact_id from stg.contacts)
    and from_id not in (select from_id from reached('contact_merges') where from_id = to_id);

create macro is_address(text) as regexp_full_match(text, '[^@[:space:]]+@[^@[:space:]]+');

create table merged_contacts as
select
    contacts.contact_id,
    coalesce(survivors.contact_id, contacts.contact_id) as surviving_contact_id,
    coalesce(survivors.company_id, contacts.company_id) as company_id,
    contacts.client_id,
    contacts.created_at,
    contacts.phone,
    case when is_address(contacts.email) then contacts.email end as email
from contact_rows as contacts
left join chain_ends('good_contact_merges') as ends on contacts.contact_id = ends.from_id
left join contact_rows as survivors on ends.to_id = survivors.contact_id;

create table emails as
with mentioned as (
    select email from merged_contacts
    union select email from stg.orders
    union select email from stg.leads
    union select email from stg.email_subscriptions
),

owners as (
    select
        contacts.email,
        arg_min(contacts.surviving_contact_id, (
            contacts.company_id is null,
            coalesce(contacts.created_at, timestamp '9999-12-31'), contacts.contact_id
        )) as contact_id,
        arg_min(coalesce(companies.account_id, contacts.company_id), (
            coalesce(contacts.created_at, timestamp '9999-12-31'), contacts.contact_id
        )) filter (contacts.company_id is not null) as account_id
    from merged_contacts as contacts
    left join companies on contacts.company_id = companies.company_id
    where contacts.email is not null
    group by contacts.email
),

domains as (
    select domain, min(account_id) as account_id
    from companies
    where domain is not null and domain not in (select domain from config.free_email_domains)
    group by domain
    having count(distinct account_id) = 1
)

select
    mentioned.email,
    owners.contact_id,
    coalesce(owners.account_id, domains.account_id, 'person:' || md5(mentioned.email)) as account_id
from mentioned
left join owners on mentioned.email = owners.email
left join domains on split_part(mentioned.email, '@', 2) = domains.domain
where is_address(mentioned.email);

create table contacts as
select
    contacts.contact_id,
    contacts.surviving_contact_id,
    coalesce(companies.account_id, contacts.company_id, emails.account_id) as account_id,
    contacts.company_id is not null as has_company,
    contacts.email,
    contacts.phone
from merged_contacts as contacts
left join companies on contacts.company_id = companies.company_id
left join emails on contacts.email = emails.email;

create table fx_rates as
with quoted as (
    select from_currency as currency_code, rate_date, rate, 1 as preference, source_name
    from stg.fx_rates
    where to_currency = 'EUR' and not is_deleted and rate_date <= getvariable('as_of')
    union all
    select
        to_currency, rate_date,
        cast((
            (cast(20000000000000000 as hugeint) + cast(rate * 100000000 as hugeint))
            // (2 * cast(rate * 100000000 as hugeint))
        ) * cast(0.00000001 as decimal(9, 8)) as decimal(18, 8)),
        2, source_name
    from stg.fx_rates
    where from_currency = 'EUR' and not is_deleted and rate_date <= getvariable('as_of')
),

daily as (
    select
        currency_code, rate_date, arg_min(rate, (preference, source_name)) as rate,
        lead(rate_date) over (partition by currency_code order by rate_date) as next_date
    from quoted
    where currency_code != 'EUR'
    group by currency_code, rate_date
)

select
    currency_code,
    cast(unnest(generate_series(
        rate_date, least(coalesce(next_date - 1, rate_date + 7), rate_date + 7), interval 1 day
    )) as date) as rate_date,
    rate
from daily;
