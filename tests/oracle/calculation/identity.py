"""Who is who: companies and contacts after merges, and the account behind a row."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from functools import cached_property

from oracle.calculation.business import Business
from oracle.calculation.facts import Account, Member
from oracle.calculation.reading import Reading, Row
from oracle.calculation.values import is_address

UNKNOWN = "(unknown)"
NO_ACCOUNT = "(no account)"
DIMENSIONS = ("segment", "industry", "account_size_band", "country", "sales_rep")


def email_hash(email: str) -> str:
    """The hash by which a person is known."""
    return hashlib.md5(email.lower().encode()).hexdigest()


def follow(links: dict[str, str], known: Iterable[str]) -> dict[str, str]:
    """The end of each chain of links.

    Links of a cycle do not hold, those into it do; a link to what nobody delivered does not.
    """
    known = set(known)
    links = {start: end for start, end in links.items() if end in known}
    in_cycle = {start for start in links if _comes_back(links, start)}
    sound = {start: end for start, end in links.items() if start not in in_cycle}
    ends = {}
    for start in sound:
        end = sound[start]
        while end in sound:
            end = sound[end]
        ends[start] = end
    return ends


def _comes_back(links: dict[str, str], start: str) -> bool:
    seen, end = set(), links.get(start)
    while end is not None and end not in seen:
        if end == start:
            return True
        seen.add(end)
        end = links.get(end)
    return False


class Identity:
    """Accounts, contacts and what is known of them."""

    def __init__(self, reading: Reading, business: Business) -> None:
        self.reading = reading
        self.configuration = business.configuration
        self.versions: dict[str, list[Row]] = defaultdict(list)
        for row in reading.live("companies"):
            self.versions[row["company_id"]].append(row)
        for rows in self.versions.values():
            rows.sort(key=lambda row: (row["valid_from"] is not None, row["valid_from"] or 0))
        self.contacts = {row["contact_id"]: row for row in reading.live("contacts")}
        self.free_domains = {row["domain"] for row in self.configuration["free_email_domains"]}

    # Companies

    @cached_property
    def company_ends(self) -> dict[str, str]:
        """Companies that went up in another, with the one that stays."""
        links = {}
        for row in self.reading.live("companies"):
            if row["merged_into_company_id"]:
                links[row["company_id"]] = row["merged_into_company_id"]
        for row in self.configuration["company_links"]:
            since = row.get("valid_from")
            if not since or date.fromisoformat(since) <= self.reading.today:
                links[row["from_company_id"]] = row["to_company_id"]
        return follow(links, self.versions)

    def company(self, company_id: str) -> str:
        """The account of a company."""
        return self.company_ends.get(company_id, company_id)

    def version(self, account_id: str, day: date) -> Row | None:
        """The version of a company that is valid on a day; the first one before it began."""
        rows = self.versions.get(account_id, [])
        begun = [
            row
            for row in rows
            if row["valid_from"] is None or self.reading.business_date(row["valid_from"]) <= day
        ]
        return begun[-1] if begun else next(iter(rows), None)

    def members(self, account_id: str, day: date) -> Member:
        """Members of the dimensions of an account on a day."""
        row = self.version(account_id, day)
        if row is None:
            return dict.fromkeys(DIMENSIONS, UNKNOWN)
        return {
            "segment": row["segment"] or UNKNOWN,
            "industry": row["industry"] or UNKNOWN,
            "account_size_band": self.size_band(row) or UNKNOWN,
            "country": row["country_code"] or UNKNOWN,
            "sales_rep": row["sales_rep_id"] or UNKNOWN,
        }

    def size_band(self, row: Row) -> str | None:
        """The band as given, else by the number of employees."""
        if row["account_size_band"] or row["employee_count"] is None:
            return row["account_size_band"]
        for band in self.configuration["size_bands"]:
            upper = band["employees_to"]
            if int(band["employees_from"]) <= row["employee_count"] and (
                not upper or row["employee_count"] <= int(upper)
            ):
                return band["account_size_band"]
        return None

    @cached_property
    def domain_accounts(self) -> dict[str, set[str]]:
        """Accounts of each domain of a company."""
        found: dict[str, set[str]] = defaultdict(set)
        for company_id, rows in self.versions.items():
            for row in rows:
                if row["domain"]:
                    found[row["domain"]].add(self.company(company_id))
        return found

    # Contacts

    @cached_property
    def contact_ends(self) -> dict[str, str]:
        """Contacts that went up in another, with the one that stays."""
        links = {
            row["contact_id"]: row["merged_into_contact_id"]
            for row in self.contacts.values()
            if row["merged_into_contact_id"]
        }
        return follow(links, self.contacts)

    def contact(self, contact_id: str) -> str:
        """The contact that stays."""
        return self.contact_ends.get(contact_id, contact_id)

    def contact_row(self, contact_id: str | None) -> Row | None:
        """What is known of a contact after merges."""
        if contact_id is None:
            return None
        return self.contacts.get(self.contact(contact_id)) or self.contacts.get(contact_id)

    @cached_property
    def email_contacts(self) -> dict[str, list[Row]]:
        """Contacts of each address."""
        found: dict[str, list[Row]] = defaultdict(list)
        for contact_id in sorted(self.contacts):
            row = self.contacts[contact_id]
            if row["email"] and is_address(row["email"]):
                found[row["email"]].append(row)
        return found

    # Accounts

    def account_of(
        self, company_id: str | None, contact_id: str | None, email: str | None
    ) -> str | None:
        """The account behind a row, by the rules of I1; None of nobody."""
        if company_id:
            return self.company(company_id)
        contact = self.contact_row(contact_id)
        if contact and contact["company_id"]:
            return self.company(contact["company_id"])
        own = self.contacts.get(contact_id)
        if own and own["company_id"]:
            return self.company(own["company_id"])
        people = [row for row in (contact, own) if row]
        for address in (email, *(row["email"] for row in people)):
            if address and is_address(address):
                return self.account_of_email(address)
        return None

    def account_of_email(self, email: str) -> str:
        """The account of an address."""
        for row in self.email_contacts.get(email, []):
            row = self.contact_row(row["contact_id"])
            if row and row["company_id"]:
                return self.company(row["company_id"])
        domain = email.rpartition("@")[2]
        accounts = self.domain_accounts.get(domain, set())
        if domain not in self.free_domains and len(accounts) == 1:
            return next(iter(accounts))
        return f"person:{email_hash(email)}"

    def account_of_contact(self, contact_id: str | None) -> str | None:
        """The account of a contact."""
        return self.account_of(None, contact_id, None)

    def account_of_order(self, row: Row) -> str:
        """The account that ordered; without any trace of who, the order itself."""
        found = self.account_of(row["company_id"], row["contact_id"], row["email"])
        return found or f"guest:{row['order_id']}"

    # Internal ones

    @cached_property
    def internal_accounts(self) -> set[str]:
        """Own companies, by their own flag or by the list of the configuration."""
        listed = self.configuration["internal_accounts"]
        ids = {row["company_id"] for row in listed if row["company_id"]}
        found = {self.company(company_id) for company_id in ids} | ids
        for company_id, rows in self.versions.items():
            if any(row["is_internal"] or row["domain"] in self.internal_domains for row in rows):
                found.add(self.company(company_id))
        return found

    @cached_property
    def internal_domains(self) -> set[str]:
        """Domains of one's own."""
        return {row["domain"] for row in self.configuration["internal_accounts"] if row["domain"]}

    @cached_property
    def internal_emails(self) -> set[str]:
        """Single addresses of one's own."""
        return {row["email"] for row in self.configuration["internal_accounts"] if row["email"]}

    def is_internal(self, account_id: str | None, emails: Iterable[str | None] = ()) -> bool:
        """Whether an account, or one of the addresses of a row, is one's own."""
        return account_id in self.internal_accounts or any(
            email in self.internal_emails or email.rpartition("@")[2] in self.internal_domains
            for email in emails
            if email
        )

    def account(self, account_id: str) -> Account:
        """What is known of an account today."""
        row = self.version(account_id, self.reading.today)
        return Account(
            account_id=account_id,
            members=self.members(account_id, self.reading.today),
            is_internal=self.is_internal(account_id),
            created_at=row["created_at"] if row else None,
            original_source=row["original_source"] if row else None,
        )
