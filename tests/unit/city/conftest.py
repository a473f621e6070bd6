"""One small city for all tests of this folder."""

from datetime import date

import pyarrow.parquet as pq
import pytest

from ringfence import city

PEOPLE, SEED = 8_000, 3
DAYS = [date(2022, 3, 27), date(2022, 3, 29), date(2022, 3, 30)]


@pytest.fixture(scope="session")
def town():
    return city.build(PEOPLE, SEED)


@pytest.fixture(scope="session")
def store(town, tmp_path_factory):
    """Three days of visits written by one worker: (folder, what was said of the files)."""
    folder = tmp_path_factory.mktemp("store")
    return folder, city.write_visits(town, folder, DAYS)


@pytest.fixture(scope="session")
def visits(store):
    folder, said = store
    # the file alone, without columns read out of its folder's name
    return {part["day"]: pq.ParquetFile(folder / part["file"]).read() for part in said}
