"""The file behind the pages: asked once for each question and publish, and watched for the next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import streamlit as st

from commerce_kpis.console import UserError
from commerce_kpis.display.catalog import Catalog, Kpi
from commerce_kpis.display.movements import Movement
from commerce_kpis.display.published import Identity, identity_of, opened

SECONDS_BETWEEN_LOOKS = 3
Answer = TypeVar("Answer")
# What the file itself says is known by its name, since the identity of the file is known.
KNOWN_BY = {
    Catalog: lambda _: "catalog",
    Kpi: lambda kpi: kpi.name,
    Movement: lambda movement: (movement.kpi.name, *movement.columns),
}


@dataclass(frozen=True)
class Source:
    """A published file, as it stood when this run of the page began."""

    file: Path
    identity: Identity

    def ask(self, question: Callable[..., Answer], *arguments: Any) -> Answer:
        """What a function of a connection says of the file; known answers are not asked again.

        Raises:
            FileReplacedError: there is a new publish.
        """
        name = f"{question.__module__}.{question.__qualname__}"
        return _answer(str(self.file), self.identity, name, arguments, question)


@st.cache_data(show_spinner="Reading ...", max_entries=400, hash_funcs=KNOWN_BY)
def _answer(
    file: str, identity: Identity, name: str, arguments: tuple, _question: Callable[..., Any]
) -> Any:
    with opened(Path(file), identity) as connection:
        return _question(connection, *arguments)


@st.fragment(run_every=SECONDS_BETWEEN_LOOKS)
def follow(file: Path, shown: Identity | None) -> None:
    """Look now and then whether another file stands there; if so, draw the page anew."""
    try:
        found = identity_of(file)
    except UserError:
        found = None
    if found != shown:
        st.rerun()
