"""E-mail addresses in what is published: replaced by their hash, wherever they stand.

Ids, names, addresses of pages and rejected raw rows come from systems that the project does not
know, so every text is looked at. The hash is that of the macro `email_hash`, so what is published
still joins: `person:<hash>` is the account of whoever wrote a rejected row with that hash.
"""

from __future__ import annotations

import duckdb

# A name, `@` (`%40` in the address of a page) and a domain that ends in letters after a dot. What
# stands between ids and moments (`visitor@2025-01-31 10:00:00`) or in a name (`Meet@Home`) is none.
_PART = r"""[^\s@"<>(){}\[\],;:/?&=%|\\]"""
ADDRESS = rf"""{_PART}+(?:@|%40)(?:[\p{{L}}\p{{N}}_-]+\.)+\p{{L}}{{2,}}"""
_MAY_HOLD_ONE = "(contains({0}, '@') or contains({0}, '%40'))"


def without_addresses(
    connection: duckdb.DuckDBPyConnection, relation: str, columns: list[tuple[str, str]]
) -> str:
    """A select list of a relation with each e-mail address in its texts replaced by its hash.

    Args:
        connection: where the relation can be read.
        relation: its name, quoted.
        columns: name, quoted, and type of each column, in the order of the list.
    """
    texts = [name for name, kind in columns if kind == "VARCHAR"]
    if not texts:
        return ", ".join(name for name, _ in columns)
    # Most columns hold none: looking is cheap, and copying them as they are is much faster.
    looks = ", ".join(f"count_if({_MAY_HOLD_ONE.format(name)}) > 0" for name in texts)
    found = connection.execute(f"select {looks} from {relation}").fetchone()
    hashed = {name for name, may_hold_one in zip(texts, found, strict=True) if may_hold_one}
    return ", ".join(_hashed(name) if name in hashed else name for name, _ in columns)


def _hashed(text: str) -> str:
    return f"""
        case
            when {_MAY_HOLD_ONE.format(text)} then array_to_string(
                list_transform(
                    list_zip(
                        string_split_regex({text}, '{ADDRESS}'),
                        regexp_extract_all({text}, '{ADDRESS}')
                    ),
                    lambda pair: pair[1] || coalesce(md5(lower(replace(pair[2], '%40', '@'))), '')
                ),
                ''
            )
            else {text}
        end as {text}
    """
