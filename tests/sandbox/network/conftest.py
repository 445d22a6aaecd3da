import pytest

from sandbox.mongo.server import MongoServer


@pytest.fixture(scope="module")
def server():
    """An embedded MongoDB without data."""
    running = MongoServer()
    running.start()
    yield running
    running.stop()
