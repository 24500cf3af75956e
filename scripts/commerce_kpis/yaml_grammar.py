"""A small grammar for YAML files: which keys may stand where. A key without a rule is a finding."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from commerce_kpis.findings import Finding


class Rule:
    """What a value may be."""

    def check(self, node: yaml.Node, path: str) -> Iterator[Finding]:
        """Findings of a value and of what is in it."""
        raise NotImplementedError


class Anything(Rule):
    """Not looked into."""

    def check(self, node: yaml.Node, path: str) -> Iterator[Finding]:
        yield from ()


@dataclass(frozen=True)
class Scalar(Rule):
    """Text, number or null; one of `values` if there are any.

    `instead` names for values that are not to be used what to write.
    """

    values: tuple[str, ...] = ()
    instead: dict[str, str] = field(default_factory=dict)

    def check(self, node: yaml.Node, path: str) -> Iterator[Finding]:
        if not isinstance(node, yaml.ScalarNode):
            yield _finding(node, path, f"`{path}` is one value, not a list or mapping.")
        elif node.value in self.instead:
            hint = self.instead[node.value]
            yield _finding(node, path, f"`{node.value}`: write `{hint}` instead.")
        elif self.values and node.value not in self.values:
            hint = _suggestion(node.value, self.values)
            yield _finding(node, path, f"`{node.value}` is no value of `{path}`: {hint}")


@dataclass(frozen=True)
class Items(Rule):
    """A list whose items follow one rule."""

    item: Rule

    def check(self, node: yaml.Node, path: str) -> Iterator[Finding]:
        if not isinstance(node, yaml.SequenceNode):
            yield _finding(node, path, f"`{path}` is a list.")
            return
        for child in node.value:
            yield from self.item.check(child, path)


@dataclass(frozen=True)
class Named(Rule):
    """A mapping from free names to values that follow one rule."""

    value: Rule

    def check(self, node: yaml.Node, path: str) -> Iterator[Finding]:
        if not isinstance(node, yaml.MappingNode):
            yield _finding(node, path, f"`{path}` is a mapping of names.")
            return
        yield from _repeated(node, path)
        for key, child in node.value:
            yield from self.value.check(child, f"{path}.{key.value}")


@dataclass(frozen=True)
class Keys(Rule):
    """A mapping of known keys, and of any others if there is a rule for them.

    `instead` names for keys of older or other versions what to write today.
    """

    known: dict[str, Rule]
    required: tuple[str, ...] = ()
    instead: dict[str, str] = field(default_factory=dict)
    others: Rule | None = None

    def check(self, node: yaml.Node, path: str) -> Iterator[Finding]:
        if not isinstance(node, yaml.MappingNode):
            yield _finding(node, path, f"`{path}` is a mapping.")
            return
        yield from _repeated(node, path)
        for key, child in node.value:
            name = str(key.value)
            where = f"{path}.{name}" if path else name
            if name in self.known:
                yield from self.known[name].check(child, where)
            elif name in self.instead:
                yield _finding(key, where, f"`{where}`: write `{self.instead[name]}` instead.")
            elif self.others:
                yield from self.others.check(child, where)
            else:
                hint = _suggestion(name, tuple(self.known))
                yield _finding(key, where, f"`{where}` is no known key: {hint}")
        present = {str(key.value) for key, _ in node.value}
        for name in self.required:
            if name not in present:
                yield _finding(node, path, f"`{path}` has no `{name}`.")


@dataclass(frozen=True)
class Either(Rule):
    """A value that may have several shapes."""

    scalar: Rule | None = None
    sequence: Rule | None = None
    mapping: Rule | None = None

    def check(self, node: yaml.Node, path: str) -> Iterator[Finding]:
        shape = {
            yaml.ScalarNode: self.scalar,
            yaml.SequenceNode: self.sequence,
            yaml.MappingNode: self.mapping,
        }[type(node)]
        if shape is None:
            yield _finding(node, path, f"`{path}` has the wrong shape.")
        else:
            yield from shape.check(node, path)


def _repeated(node: yaml.MappingNode, path: str) -> Iterator[Finding]:
    """Keys that stand twice: the last one would win without a word."""
    seen: set[str] = set()
    for key, _ in node.value:
        if key.value in seen:
            yield _finding(key, path, f"`{path}.{key.value}` stands twice; only the last counts.")
        seen.add(key.value)


def _finding(node: yaml.Node, path: str, message: str) -> Finding:
    return Finding(node.start_mark.line + 1, path, message.replace("``", "the file"))


def _suggestion(name: str, known: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.7)
    if near:
        return f"do you mean `{near[0]}`?"
    return "known are " + ", ".join(sorted(known)) + "."
