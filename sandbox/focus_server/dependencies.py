"""How the Focus Server uses MongoDB and RabbitMQ, and what it remembers of their outages."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable
from contextlib import AbstractAsyncContextManager, nullcontext, suppress
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeVar

import pymongo
from pymongo.errors import PyMongoError

from sandbox.faults import ActiveFaults, Fault
from sandbox.focus_server.faults import outage as faults_of
from sandbox.focus_server.publisher import BrokerAwayError, Publisher
from sandbox.kubernetes.workloads.server_process import ServerProcess
from sandbox.recordings.reader import Hidden, Recordings

T = TypeVar("T")
LookUp = Callable[[Recordings], Awaitable[T]]

_LIMIT_S = 2.5
"""How long a dependency is waited for (pymongo takes half a second more), so that a client has
its answer well within 5 s."""


class Name(Enum):
    """A dependency, by the name that an answer gives it."""

    MONGODB = "MongoDB"
    RABBITMQ = "RabbitMQ"


class DependencyError(Exception):
    """A dependency cannot be used now."""

    def __init__(self, dependency: Name, cause: str) -> None:
        super().__init__(f"{dependency.value} is not reachable ({cause})")
        self.dependency = dependency


@dataclass
class _Memory:
    """What is remembered of one dependency. Times are of the clock."""

    reached_at: float = field(default_factory=time.time)
    failed_in: int | None = None
    """Number of the server's process that saw it fail, None while it works."""
    outages: list[Hidden] = field(default_factory=list)

    @property
    def has_failed(self) -> bool:
        """Whether it ever failed."""
        return bool(self.outages) or self.failed_in is not None

    def failed(self, process: int) -> None:
        self.failed_in = process

    def reached(self) -> None:
        if self.failed_in is not None:
            self.outages.append((self.reached_at, time.time()))
        self.reached_at, self.failed_in = time.time(), None


class Dependencies:
    """Use of the dependencies as the active faults have it. Failures are DependencyErrors."""

    def __init__(
        self,
        recordings: Recordings,
        publisher: Publisher,
        faults: ActiveFaults,
        process: ServerProcess,
    ) -> None:
        self._recordings = recordings
        self._publisher = publisher
        self._faults = faults
        self._process = process
        self.restart()

    def restart(self) -> None:
        """Forget every outage."""
        self._mongo, self._rabbit = _Memory(), _Memory()
        self._cache: dict[Hashable, Any] = {}
        self.failed_configurations = 0
        """Historic configurations that failed without MongoDB since the last that succeeded."""
        self._turn = asyncio.Lock()

    def shows_without(self, name: Name, fault: Fault) -> bool:
        """Whether a fault is on that shows from a failed use of that dependency to the next use."""
        return self._faults.on(fault) and self._memory_of(name).failed_in is not None

    def shows_after(self, name: Name, fault: Fault) -> bool:
        """Whether a fault is on that shows once that dependency is back."""
        return self._faults.on(fault) and bool(self._memory_of(name).outages)

    @property
    def mongo_back_at(self) -> float:
        """When MongoDB was reached again after its last outage, 0 before the first."""
        return self._mongo.outages[-1][1] if self._mongo.outages else 0.0

    def _memory_of(self, name: Name) -> _Memory:
        return self._mongo if name is Name.MONGODB else self._rabbit

    @property
    def zeroes_prr(self) -> bool:
        """Whether the fibre's rate is lost with MongoDB."""
        return self.shows_without(Name.MONGODB, faults_of.MONGO_ZERO_PRR)

    @property
    def forgets_jobs(self) -> bool:
        """Whether the metadata of no job are known."""
        return self.shows_without(Name.MONGODB, faults_of.MONGO_FORGETS_JOBS)

    @property
    def silences_live(self) -> bool:
        """Whether a live job that starts now never streams."""
        without_mongo = self._faults.on(faults_of.MONGO_SILENT_LIVE)
        after_rabbit = self._faults.on(faults_of.RABBIT_SILENT_LIVE)
        return (without_mongo and self._mongo.failed_in is not None) or (
            after_rabbit and self._rabbit.has_failed
        )

    @property
    def loses_metadata(self) -> bool:
        """Whether a historic job that starts now tells nothing of its recording."""
        return self._faults.on(faults_of.MONGO_LOSES_METADATA) and self._mongo.has_failed

    async def read(self, look_up: LookUp[T], key: Hashable) -> T:
        """What `look_up` finds in MongoDB; `key` says what is looked up."""
        if not self._faults.on(faults_of.MONGO_CACHED):
            return await self._read(look_up)
        try:
            self._cache[key] = await self._read(look_up)
        except DependencyError:
            if key not in self._cache:
                raise
        found: T = self._cache[key]
        return found

    async def _read(self, look_up: LookUp[T]) -> T:
        if self._has_given_up():
            raise DependencyError(Name.MONGODB, "given up")
        self._recordings.hide(self._hidden())
        slow = self._faults.on(faults_of.MONGO_SLOW)
        hold_s = self._faults.number(faults_of.MONGO_SLOW) if slow else 0.0
        found = await self._reach_mongo(look_up, hold_s)
        self._mongo.reached()
        return found

    async def publish(self) -> None:
        """See to it that RabbitMQ takes what a live job needs."""
        never = self._faults.on(faults_of.RABBIT_NEVER_RECOVERS)
        if never and self._rabbit.failed_in is not None:
            raise DependencyError(Name.RABBITMQ, "given up")
        try:
            await self._publisher.check(self._limit_s())
        except BrokerAwayError as error:
            self._rabbit.failed(self._process.number)
            raise DependencyError(Name.RABBITMQ, str(error)) from error
        self._rabbit.reached()

    def require_view(self, *, historic: bool, usual: bool) -> None:
        """Fail for a view that is lost since an outage; `usual` is the one that is not."""
        fault = faults_of.MONGO_LOSES_VIEWS if historic else faults_of.RABBIT_LOSES_VIEWS
        memory = self._mongo if historic else self._rabbit
        if self._faults.on(fault) and memory.has_failed and not usual:
            raise DependencyError(Name.MONGODB if historic else Name.RABBITMQ, "pool closed")

    async def before_historic(self) -> None:
        """Do what the server does before a historic job."""
        if self._faults.on(faults_of.RABBIT_FAILS_HISTORIC):
            await self.publish()

    async def before_channels(self) -> None:
        """Do what the server does before it tells its channels."""
        if self._faults.on(faults_of.RABBIT_FAILS_CHANNELS):
            await self.publish()
        if self._faults.on(faults_of.MONGO_FAILS_CHANNELS):
            await self._reach_mongo(Recordings.ping)

    async def before_timeline(self) -> None:
        """Do what the server does before it shows the timeline."""
        if self._faults.on(faults_of.RABBIT_FAILS_TIMELINE):
            await self.publish()

    async def before_live(self) -> None:
        """Do what the server does before a live job."""
        if self._faults.on(faults_of.MONGO_FAILS_LIVE):
            await self._reach_mongo(Recordings.ping)
        if self._faults.on(faults_of.MONGO_DELAYS_LIVE):
            with suppress(DependencyError):
                await self._reach_mongo(Recordings.ping)
        await self.publish()

    async def before_listing(self) -> None:
        """Do what the server does before it lists recordings."""
        if self._faults.on(faults_of.RABBIT_FAILS_RECORDINGS):
            await self.publish()

    async def before_metadata(self) -> None:
        """Do what the server does before it shows metadata."""
        if self._faults.on(faults_of.MONGO_FAILS_METADATA):
            await self._reach_mongo(Recordings.ping)
        if self._faults.on(faults_of.RABBIT_FAILS_METADATA):
            await self.publish()

    async def before_ack(self) -> None:
        """Do what the server does before it says that it is there."""
        if not self._faults.on(faults_of.MONGO_FREEZES_ACK):
            return
        hold_s = self._faults.number(faults_of.MONGO_FREEZES_ACK)
        try:
            await self._reach_mongo(Recordings.ping, hold_s)
        except DependencyError:
            return

    async def _reach_mongo(self, look_up: LookUp[T], hold_s: float = 0.0) -> T:
        """What is found; a failure is held back until `hold_s` from now."""
        held_until = time.monotonic() + hold_s
        try:
            async with self._in_turn():
                with pymongo.timeout(self._limit_s()):
                    return await look_up(self._recordings)
        except PyMongoError as error:
            await asyncio.sleep(held_until - time.monotonic())
            self._mongo.failed(self._process.number)
            raise DependencyError(Name.MONGODB, type(error).__name__) from error

    def _in_turn(self) -> AbstractAsyncContextManager[None]:
        return self._turn if self._faults.on(faults_of.MONGO_IN_TURN) else nullcontext()

    def _limit_s(self) -> float:
        known = self._faults.on(faults_of.DEPENDENCY_LIMIT)
        return self._faults.number(faults_of.DEPENDENCY_LIMIT) if known else _LIMIT_S

    def _has_given_up(self) -> bool:
        failed_in = self._mongo.failed_in
        if failed_in is None:
            return False
        if self._faults.on(faults_of.MONGO_NEVER_RECOVERS):
            return True
        same = failed_in == self._process.number
        return same and self._faults.on(faults_of.MONGO_NEEDS_RESTART)

    def _hidden(self) -> list[Hidden]:
        """The times in which MongoDB was away, for the fault that hides what came then."""
        if not self._faults.on(faults_of.MONGO_HIDES_RECORDING):
            return []
        now = (self._mongo.reached_at, time.time())
        return [*self._mongo.outages, *([now] if self._mongo.failed_in is not None else [])]
