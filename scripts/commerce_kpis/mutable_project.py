"""The project inside this process, for compiling a model whose text was changed.

dbt's command line would take seconds for each text; its compiler takes a hundredth of one. These
are parts of dbt that it does not promise to keep: the version is pinned in requirements.lock.
"""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

import sqlparse.engine.grouping
from dbt.adapters.factory import get_adapter, register_adapter, reset_adapters
from dbt.cli.main import dbtRunner
from dbt.compilation import Compiler
from dbt.config.runtime import RuntimeConfig
from dbt.context.providers import generate_runtime_macro_context
from dbt.flags import get_flags
from dbt.mp_context import get_mp_context
from dbt.parser.unit_tests import UnitTestManifestLoader

from commerce_kpis.console import UserError
from commerce_kpis.project import PLANS, PROJECT, profiles_folder

# Models are evaluated at these: what moves from one month to another shows in rolling years.
GRAINS = ["month", "r12m"]


class MutableProject:
    """The parsed project, to compile changed text of a model in this process.

    It compiles against the build file; what it compiled is run elsewhere.
    """

    def __init__(self) -> None:
        # Compiled KPI models are longer than what sqlparse reads by default.
        sqlparse.engine.grouping.MAX_GROUPING_TOKENS = None
        folders = ["--project-dir", str(PROJECT), "--profiles-dir", str(profiles_folder())]
        parsed = dbtRunner().invoke(["--quiet", "parse", *folders])
        if not parsed.success:
            raise UserError("dbt cannot read the project: run dbt parse to see why.")
        self.manifest = parsed.result
        self.config = RuntimeConfig.from_args(
            Namespace(**{**vars(get_flags()), "vars": {"rollup_grains": GRAINS}})
        )
        reset_adapters()
        register_adapter(self.config, get_mp_context())
        self.adapter = get_adapter(self.config)
        self.adapter.set_macro_resolver(self.manifest)
        self.adapter.set_macro_context_generator(generate_runtime_macro_context)
        self.compiler = Compiler(self.config)
        self.nodes = {
            node.name: node
            for node in self.manifest.nodes.values()
            if node.resource_type == "model" and node.package_name == self.config.project_name
        }
        self.kpi_models = [
            name
            for name, node in self.nodes.items()
            if name.startswith("kpi_") and node.fqn[1:3] == ["marts", "kpis"] and len(node.fqn) == 5
            if node.fqn[3] != PLANS
        ]

    def use_file(self, file: Path) -> None:
        """Compile against another build file of the same name: dbt locks the one it has open."""
        self.config.credentials.path = str(file)

    def raw_sql(self, model: str) -> str:
        """The text of a model's file."""
        return (PROJECT / self.nodes[model].original_file_path).read_text(encoding="utf-8")

    def compiled(self, model: str, raw: str) -> str:
        """The SQL that dbt makes of a text that stands for the model's."""
        node = self.nodes[model].from_dict(self.nodes[model].to_dict())
        node.raw_code, node.compiled = raw, False
        with self.adapter.connection_named("mutate"):
            return self.compiler.compile_node(node, self.manifest, {}, write=False).compiled_code

    def unit_tests(self, model: str) -> list[str]:
        """The ids of a model's unit tests."""
        return sorted(
            name for name, test in self.manifest.unit_tests.items() if test.model == model
        )

    def compiled_unit_test(self, test_id: str, raw: str) -> str:
        """The SQL of the rows that a unit test compares, of a text that stands for its model's."""
        test = self.manifest.unit_tests[test_id]
        manifest = UnitTestManifestLoader(self.manifest, self.config, {test_id}).load()
        manifest.nodes[test_id].raw_code = raw
        with self.adapter.connection_named("mutate"):
            node = self.compiler.compile_node(manifest.nodes[test_id], manifest, {}, write=False)
        columns = dict.fromkeys(name for row in test.expect.rows for name in row)
        return f"select {', '.join(columns)} from ({node.compiled_code}) as rows order by all"

    def neighbours(self, model: str) -> dict[str, str]:
        """Each column that the model has or reads, with the next one of the same type."""
        found: dict[str, str] = {}
        read = [self.manifest.nodes.get(name) for name in self.nodes[model].depends_on.nodes]
        for node in [self.nodes[model], *filter(None, read)]:
            by_type: dict[str, list[str]] = {}
            for name, column in node.columns.items():
                by_type.setdefault(column.data_type or "", []).append(name)
            for names in by_type.values():
                for name, other in zip(names, names[1:] + names[:1], strict=True):
                    found.setdefault(name, other)
        return {name: other for name, other in found.items() if name != other}
