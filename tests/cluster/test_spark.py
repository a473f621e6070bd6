"""Does a cluster of Apache Spark find exactly the meetings that this machine finds?"""

import os
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ringfence.actions.clustering import connected
from ringfence.actions.deciding import decide_at
from ringfence.actions.store import Settings, create_store, open_store
from ringfence.columns import cluster as columns_cluster
from ringfence.errors import InputError
from ringfence.journal import Journal, Submission
from ringfence.tables import fact_number
from tests.cluster import driver
from tests.cluster.conftest import QUICK, Cluster
from tests.unit.columns import contact_cities as cities
from tests.unit.columns.test_contact_index import keep, longer, send, united
from tests.unit.journal.sent import NIGHT, rows

ROOT = Path(__file__).parents[2]
PLACES = [
    {"place": 9 * city + number, "name_zh": "测试场所", "kind": kind, "area": "320206", "closed": closed}
    for city in range(60)
    for number, (kind, closed) in enumerate((("shop", True), ("bus", None), ("other", False)), 1)
]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files of two sources, single visits before and after them, some withdrawn; homes, ties, interviews."""
    folder = tmp_path_factory.mktemp("stores") / "store"
    create_store(folder, Settings("3202", "covid-19", "Asia/Shanghai"), exercise=True)
    rng = Random("a cluster")
    visits, _ = united(range(60))
    people = sorted({row["person"] for row in visits})
    homes = [
        {"person": person, "kind": "living", "area": f"320206003007-02-015-1-{n // 3:04}"}
        for n, person in enumerate(people[:60])
    ]
    ties = [
        {"person": person, "place": 7, "kind": "work", "part": 1 + n % 9}
        for n, person in enumerate(people[:50])
    ]
    told = [
        {
            "case": one,
            "person": two,
            "begin": NIGHT - timedelta(days=9),
            "end": NIGHT - timedelta(days=9, hours=-1),
        }
        for one, two in zip(people[:20], people[20:40], strict=True)
    ]
    with Journal.open(str(folder / "journal.sqlite")) as journal:
        for kind, lines in (
            ("place", PLACES),
            ("residence", homes),
            ("membership", ties),
            ("interview", told),
        ):
            journal.append(Submission(kind, kind, rows(kind, *lines), "a"), NIGHT)
        send(journal, [longer(row) for row in visits if rng.random() < 0.3])
        keep(journal, folder, "city", visits[: len(visits) // 2])
        keep(journal, folder, "metro", [longer(row) for row in visits if rng.random() < 0.3])
        late = send(journal, visits[len(visits) // 3 :])
        facts = [fact_number(seq, row) for seq in range(6, late.seq + 1) for row in range(0, 40, 4)]
        lines = [{"fact": fact, "reason": "another phone"} for fact in facts]
        journal.append(Submission("out", "retraction", rows("retraction", *lines), "a"), NIGHT)
    return folder


@pytest.fixture(scope="module")
def subjects(tmp_path_factory: pytest.TempPathFactory) -> Path:
    _, spans = united(range(60))
    path = tmp_path_factory.mktemp("asked") / "subjects.parquet"
    asked = cities.table(spans)
    since = pa.array([NIGHT] * asked.num_rows, pa.timestamp("us"))
    extra = {"lingers_min": pa.array([0] * asked.num_rows, pa.int32()), "now": since}
    pq.write_table(asked.append_column("lingers_min", extra["lingers_min"]).append_column("now", since), path)
    return path


def environment() -> dict[str, str]:
    """Settings for tables this small: nothing is compiled that runs once."""
    conf = {
        "spark.sql.shuffle.partitions": 1, "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN", "spark.sql.adaptive.enabled": "false",
        "spark.ui.enabled": "false", "spark.executor.extraJavaOptions": "-XX:TieredStopAtLevel=1",
    }  # fmt: skip
    set_ = " ".join(f"--conf {name}={value}" for name, value in conf.items())
    settings = f"--driver-memory 1g --driver-java-options -XX:TieredStopAtLevel=1 {set_} pyspark-shell"
    return {**os.environ, **QUICK, "PYSPARK_SUBMIT_ARGS": settings}


def test_a_cluster_gives_the_same_rows(cluster: Cluster, store: Path, subjects: Path, tmp_path: Path) -> None:
    asked = [
        sys.executable,
        "-m",
        "tests.cluster.driver",
        cluster.address,
        store,
        subjects,
        tmp_path / "found.parquet",
    ]
    done = subprocess.run(
        list(map(str, asked)), cwd=ROOT, env=environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    with open_store(store) as opened:
        opened.columns.refresh()
        wanted = driver.answer(opened.columns.snapshot(driver.AS_OF), subjects)
    assert wanted.num_rows > 100
    assert pq.read_table(tmp_path / "found.parquet").equals(wanted)
    assert not list(store.glob("cluster/*"))
    assert all(list(worker.glob("app-*/*/stderr")) for worker in cluster.workers)  # both had an executor


def test_what_is_no_cluster_is_said_at_once() -> None:
    with pytest.raises(InputError, match="not a Spark master"):
        connected("postgresql://somewhere")
    with pytest.raises(InputError, match="no Spark master answers"):
        connected("spark://127.0.0.1:9")


def test_an_answer_on_record_is_asked_for_again_where_an_engine_is_named(store: Path) -> None:
    with open_store(store) as opened:
        kept = decide_at(opened, driver.AS_OF).decisions
        with pytest.raises(InputError, match="no Spark master answers"):
            decide_at(opened, driver.AS_OF, engine="spark://127.0.0.1:9")
        assert decide_at(opened, driver.AS_OF).decisions["exposures"].equals(kept["exposures"])


def test_a_store_at_a_path_that_spark_would_take_for_a_pattern_is_refused(
    store: Path, tmp_path: Path
) -> None:
    shutil.copytree(store, tmp_path / "city{1,2}")
    with open_store(tmp_path / "city{1,2}") as opened:
        opened.columns.refresh()
        known = opened.columns.visit_sources(driver.AS_OF)
        with pytest.raises(InputError, match="pattern"):
            columns_cluster.visits_sql(known, tmp_path)
