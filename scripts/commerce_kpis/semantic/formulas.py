"""Formulas of variants, such as `100 x (promoters - detractors) / responses`, as SQL."""

from __future__ import annotations

import ast
from collections.abc import Iterator

OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*"}


class Formula:
    """Arithmetic of names and numbers.

    Raises:
        ValueError: the text is no such arithmetic.
    """

    def __init__(self, text: str) -> None:
        try:
            self.tree = ast.parse(text.replace(" x ", " * ").replace("^", "**"), mode="eval").body
        except SyntaxError:
            raise ValueError(text) from None
        for node in ast.walk(self.tree):
            if isinstance(node, ast.expr) and not isinstance(
                node, ast.Name | ast.Constant | ast.BinOp
            ):
                raise ValueError(text)
        divided = {id(node) for node in self._divided()}
        names = [node for node in ast.walk(self.tree) if isinstance(node, ast.Name)]
        # Names that are divided by, and those that stand elsewhere; one may do both.
        self.divisors = {node.id for node in names if id(node) in divided}
        self.others = {node.id for node in names if id(node) not in divided}

    @property
    def names(self) -> set[str]:
        """All names in it."""
        return self.divisors | self.others

    def sql(self, names: dict[str, str], divisors: dict[str, str]) -> str:
        """SQL in which a division by 0 is null.

        Args:
            names: what each name is in SQL.
            divisors: what it is where it is divided by, if that is something else.
        """
        return self._sql(self.tree, names, divisors)

    def _divided(self) -> Iterator[ast.expr]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
                yield node.right

    def _sql(self, node: ast.expr, names: dict[str, str], divisors: dict[str, str]) -> str:
        if isinstance(node, ast.Name):
            return names[node.id]
        if isinstance(node, ast.Constant):
            return str(node.value)
        left = self._sql(node.left, names, divisors)
        if isinstance(node.op, ast.Div):
            right = self._sql(node.right, {**names, **divisors}, divisors)
            return f"cast({left} as double) / nullif({right}, 0)"
        right = self._sql(node.right, names, divisors)
        if isinstance(node.op, ast.Pow):
            return f"power({left}, {right})"
        return f"({left} {OPERATORS[type(node.op)]} {right})"
