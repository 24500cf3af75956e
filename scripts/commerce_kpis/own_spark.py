"""A Spark cluster of one's own on the loopback: a master, two workers and the thrift server.

They come with the Python package pyspark. For trying what needs a cluster without having one.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from commerce_kpis.console import UserError

HOST = "127.0.0.1"
WORKERS = 2
SECONDS = 180
MASTER = "org.apache.spark.deploy.master.Master"
WORKER = "org.apache.spark.deploy.worker.Worker"
THRIFT_SERVER = "org.apache.spark.sql.hive.thriftserver.HiveThriftServer2"


@contextmanager
def running_cluster(folder: Path) -> Iterator[dict[str, str]]:
    """A cluster that keeps its tables and logs in a folder; yields the variables that lead to it.

    Raises:
        UserError: there is no pyspark or no Java, or a part does not start.
    """
    home = _spark_home()
    folder.mkdir(parents=True, exist_ok=True)
    master, thrift = _free_port(), _free_port()
    address = f"spark://{HOST}:{master}"
    with ExitStack() as stack:

        def start(name: str, port: int | None, program: str, *arguments: str) -> None:
            log = folder / f"{name}.log"
            process = stack.enter_context(_process(home / "bin" / program, arguments, folder, log))
            _wait_until_there(name, process, port, log)

        own = ("--host", HOST, "--webui-port", "0")
        start("master", master, "spark-class", MASTER, *own, "--port", str(master))
        for number in range(1, WORKERS + 1):
            work = ("--work-dir", str(folder / "work"), "--cores", "1", "--memory", "1g")
            start(f"worker_{number}", None, "spark-class", WORKER, *own, *work, address)
        start(
            *("thrift_server", thrift, "spark-submit"),
            *("--master", address, "--class", THRIFT_SERVER),
            *_settings(folder, thrift),
            "spark-internal",
        )
        yield {
            "KPI_SPARK_HOST": HOST,
            "KPI_SPARK_PORT": str(thrift),
            "KPI_SPARK_WAREHOUSE": str(folder / "warehouse"),
        }


def _settings(folder: Path, port: int) -> list[str]:
    """What is settled when the thrift server starts. Little data: few files, nothing compiled."""
    values = {
        "spark.driver.memory": "3g",
        "spark.executor.memory": "1g",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.hadoop.javax.jdo.option.ConnectionURL": (
            f"jdbc:derby:{folder / 'metastore'};create=true"
        ),
        "spark.driver.extraJavaOptions": (
            f"-Dderby.stream.error.file={folder / 'derby.log'} -Dderby.system.durability=test"
        ),
        "spark.sql.hive.thriftServer.singleSession": "false",
        "spark.hadoop.hive.server2.thrift.bind.host": HOST,
        "spark.hadoop.hive.server2.thrift.port": str(port),
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        "spark.ui.enabled": "false",
        "spark.log.level": "WARN",
    }
    return [word for name, value in values.items() for word in ("--conf", f"{name}={value}")]


def _spark_home() -> Path:
    """The folder of Spark's programs."""
    try:
        import pyspark
    except ImportError:
        raise UserError(
            "Spark is not installed: install requirements-test.lock, or dbt-spark[PyHive,session] "
            "and pyspark."
        ) from None
    if shutil.which("java") is None:
        raise UserError("Spark needs Java 17: install the package openjdk-17-jre-headless.")
    return Path(pyspark.__file__).parent


@contextmanager
def _process(
    program: Path, arguments: tuple[str, ...], folder: Path, log: Path
) -> Iterator[subprocess.Popen]:
    """A process and all that it starts, which end when the block does."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(program), *arguments],
            cwd=folder,
            # The loopback: the machine's own name may lead to an address that others reach.
            env={**os.environ, "SPARK_LOCAL_IP": HOST, "SPARK_NO_DAEMONIZE": "1"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            for number in (signal.SIGTERM, signal.SIGKILL):
                try:
                    os.killpg(process.pid, number)
                    process.wait(timeout=20)
                except (ProcessLookupError, subprocess.TimeoutExpired):
                    continue


def _wait_until_there(name: str, process: subprocess.Popen, port: int | None, log: Path) -> None:
    """Wait until a part listens, or, if it has no port of its own, says that it has registered.

    Raises:
        UserError: it ended, or is not there in time.
    """
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and process.poll() is None:
        if port is None:
            is_there = "Successfully registered with master" in log.read_text(errors="replace")
        else:
            with socket.socket() as asked:
                is_there = asked.connect_ex((HOST, port)) == 0
        if is_there:
            return
        time.sleep(0.2)
    raise UserError(f"The {name.replace('_', ' ')} of Spark did not start: see {log}.")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind((HOST, 0))
        return free.getsockname()[1]
