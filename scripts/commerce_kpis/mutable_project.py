"""The project inside this process, for compiling a model or macro whose text was changed.

dbt's command line would take seconds for each text; its compiler takes a hundredth of one. These
are parts of dbt that it does not promise to keep: the version is pinned in requirements.lock.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlparse.engine.grouping
from dbt.adapters.factory import get_adapter, register_adapter, reset_adapters
from dbt.cli.main import dbtRunner
from dbt.compilation import Compiler
from dbt.config.runtime import RuntimeConfig
from dbt.context.providers import generate_runtime_macro_context
from dbt.contracts.graph.nodes import Macro, ModelNode
from dbt.flags import get_flags
from dbt.mp_context import get_mp_context
from dbt.parser.unit_tests import UnitTestManifestLoader
from dbt_common.invocation import get_invocation_id

from commerce_kpis.console import UserError
from commerce_kpis.project import PLANS, PROJECT, profiles_folder
from commerce_kpis.rebuilt import ANY_BUILD

# Models are evaluated at these: what moves from one month to another shows in rolling years.
GRAINS = ["month", "r12m"]
# The setting of the demo company; others are those of businesses.
DEMO = "demo"
# Macros that are written from YAML, and checked against it.
GENERATED = "macros/generated/"


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
        self.config = self._config({"rollup_grains": GRAINS})
        reset_adapters()
        register_adapter(self.config, get_mp_context())
        self.adapter = get_adapter(self.config)
        self.adapter.set_macro_resolver(self.manifest)
        self.adapter.set_macro_context_generator(generate_runtime_macro_context)
        self.compilers: dict[str, Compiler] = {}
        self.originals: dict[tuple[str, str], str] = {}
        self.data_tests: dict[str, str] = {}
        self.nodes = {
            node.name: node
            for node in self.manifest.nodes.values()
            if node.resource_type == "model" and node.package_name == self.config.project_name
            if node.version == node.latest_version
        }
        self.kpi_models = [
            name
            for name, node in self.nodes.items()
            if name.startswith("kpi_") and node.fqn[1:3] == ["marts", "kpis"] and len(node.fqn) == 5
            if node.fqn[3] != PLANS
        ]
        self.called = {name: self._called(node) for name, node in self.nodes.items()}
        self.macros = {
            name: self.manifest.macros[name]
            for name in sorted({macro for m in self._compiled_models() for macro in self.called[m]})
            if not self.manifest.macros[name].original_file_path.startswith(GENERATED)
        }

    def compile_demo(self) -> None:
        """Compile models and data tests as they are, in the setting of the demo company."""
        self._compile_all(DEMO, self.config)
        for node in self.manifest.nodes.values():
            if node.resource_type == "test" and "golden" not in node.tags:
                self.data_tests[node.name] = self._compiled_node(node, node.raw_code, DEMO)
        self._close()

    def add_setting(self, name: str, variables: dict[str, object]) -> None:
        """Compile the models as they are, with the variables of another build."""
        self._compile_all(name, self._config(variables))
        self._close()

    def use_file(self, file: Path) -> None:
        """Compile against another build file of the same name: dbt locks the one it has open."""
        self.config.credentials.path = str(file)

    def raw_sql(self, model: str) -> str:
        """The text of a model's file."""
        return self.text(self.nodes[model].original_file_path)

    def text(self, path: str) -> str:
        """The text of a file of the project."""
        return (PROJECT / path).read_text(encoding="utf-8")

    def compiled(self, model: str, raw: str, setting: str = DEMO) -> str:
        """The SQL that dbt makes of a text that stands for the model's."""
        return self._compiled_node(self.nodes[model], raw, setting)

    def original(self, model: str, setting: str = DEMO) -> str:
        """The SQL that dbt makes of a model as it is; of others than models in SQL, none."""
        return self.originals.get((model, setting), "")

    @contextmanager
    def changed_macro(self, macro: str, text: str) -> Iterator[None]:
        """The project while the text of a macro is another."""
        changed = self.manifest.macros[macro]
        before = changed.macro_sql
        changed.macro_sql = text
        try:
            yield
        finally:
            changed.macro_sql = before

    def callers(self, macro: str) -> list[str]:
        """The models that call a macro, directly or not; not those that only read raw tables."""
        return [name for name in self._compiled_models() if macro in self.called[name]]

    def inputs(self, model: str) -> list[str]:
        """The models that a model reads."""
        return self._models_of(self.nodes[model])

    def inputs_of_test(self, test: str) -> list[str]:
        """The models that a data test reads."""
        nodes = self.manifest.nodes.values()
        return self._models_of(next(node for node in nodes if node.name == test))

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
            node = self.compilers[DEMO].compile_node(
                manifest.nodes[test_id], manifest, {}, write=False
            )
        expected = test.expect.rows
        # What is expected as SQL expects every column.
        names = ["*"] if isinstance(expected, str) else [name for row in expected for name in row]
        columns = ", ".join(dict.fromkeys(names))
        return f"select {columns or '*'} from ({node.compiled_code}) as rows order by all"

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

    def _models_of(self, node: ModelNode) -> list[str]:
        read = (self.manifest.nodes.get(name) for name in node.depends_on.nodes)
        return [node.name for node in read if node and node.resource_type == "model"]

    def _config(self, variables: dict[str, object]) -> RuntimeConfig:
        return RuntimeConfig.from_args(Namespace(**{**vars(get_flags()), "vars": variables}))

    def _compile_all(self, setting: str, config: RuntimeConfig) -> None:
        self.compilers[setting] = Compiler(config)
        for model in self._compiled_models():
            sql = self.compiled(model, self.raw_sql(model), setting)
            self.originals[model, setting] = sql

    def _compiled_node(self, node: ModelNode, raw: str, setting: str) -> str:
        copy = node.from_dict(node.to_dict())
        copy.raw_code, copy.compiled = raw, False
        compiler = self.compilers[setting]
        with self.adapter.connection_named("mutate"):
            sql = compiler.compile_node(copy, self.manifest, {}, write=False).compiled_code
        return sql.replace(get_invocation_id(), ANY_BUILD)

    def _close(self) -> None:
        """Close the build file: no process may inherit an open one."""
        self.adapter.connections.close_all_connections()

    def _compiled_models(self) -> list[str]:
        """The models in SQL, but for those that ask what was delivered when they are compiled."""
        return [
            name
            for name, node in self.nodes.items()
            if node.language == "sql" and "landing" not in node.fqn[1:3]
        ]

    def _called(self, caller: ModelNode | Macro) -> set[str]:
        """The ids of the project's macros that something calls, directly or not."""
        found: set[str] = set()
        added = {caller.unique_id: caller}
        while added:
            names = {name for one in added.values() for name in one.depends_on.macros} - found
            added = {
                name: macro
                for name in names
                if (macro := self.manifest.macros[name]).package_name == self.config.project_name
            }
            found |= added.keys()
        return found
