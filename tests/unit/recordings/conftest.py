"""The sandbox's MongoDB in this process, with its seeded recordings."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import pytest

from focus_engine.environment import Environment, load_environment
from focus_engine.recordings.database import open_database
from focus_engine.recordings.survey import Survey, survey
from sandbox.catalogue import checked
from sandbox.faults import ActiveFaults
from sandbox.mongo.server import MongoServer
from sandbox.recordings.faults import SeededRecordings
from sandbox.recordings.seed import anchor_now, seed_database

DATABASE = "prisma"


@pytest.fixture(scope="session")
def mongo() -> Iterator[MongoServer]:
    server = MongoServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def seeded(mongo: MongoServer) -> SeededRecordings:
    uri = f"mongodb://{mongo.address}"
    seed = partial(seed_database, uri, DATABASE, 1, anchor_now(), 2000)
    return SeededRecordings(uri, DATABASE, seed)


@pytest.fixture
def environment(mongo: MongoServer, monkeypatch: pytest.MonkeyPatch) -> Environment:
    monkeypatch.setenv("FOCUS_ENVIRONMENT", "sandbox")
    monkeypatch.setenv("FOCUS_BASE_URL", "http://127.0.0.1:1/focus-server")
    return replace(load_environment(), mongo_uri=f"mongodb://{mongo.address}/{DATABASE}")


@pytest.fixture
def surveyed(seeded: SeededRecordings, environment: Environment) -> Callable[..., Survey]:
    """The survey of the data with exactly these faults."""

    def read(*faults: str) -> Survey:
        active = ActiveFaults()
        active.replace(checked(dict.fromkeys(faults, True)))
        seeded.follow(active, indexed=True)
        with open_database(environment) as database:
            return survey(database)

    return read
