"""The command line: `up` runs a sandbox, `faults` lists what can be switched."""

import argparse
import asyncio
import gc
import json
import logging
import os
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

from sandbox.catalogue import checked, listed
from sandbox.ending import ending
from sandbox.faults import FaultError, FaultKind, FaultValue, written
from sandbox.kubernetes.workloads.config_files import PROFILES, mountable_profile
from sandbox.network.cni import Cni
from sandbox.options import (
    Contract,
    FibreState,
    OptionError,
    Options,
    address,
    choice,
    positive_integer,
    seconds,
)
from sandbox.runtime import Sandbox
from sandbox.spec import SPEC

_BAD_ARGUMENTS = 2
_HIGHEST_PORT = 65535


class _Parser(argparse.ArgumentParser):
    """Refuses wrong arguments with one sentence and exit code 2."""

    def error(self, message: str) -> NoReturn:
        print(f"{self.prog}: {message}", file=sys.stderr)
        sys.exit(_BAD_ARGUMENTS)


def main(arguments: Sequence[str]) -> int:
    """Run the command; return the exit code."""
    given = _parser().parse_args(arguments)
    if given.command == "faults":
        return _list(FaultKind.KNOB if given.knobs else FaultKind.FAULT)
    try:
        options = _options(given)
    except (OptionError, FaultError) as error:
        print(f"sandbox: {error}", file=sys.stderr)
        return _BAD_ARGUMENTS
    return _run(options)


def _list(kind: FaultKind) -> int:
    """Print what can be switched, as far as somebody reads it (`| head`)."""
    try:
        print("\n".join(listed(kind)), flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="sandbox", description=__doc__, allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True, metavar="up|faults")
    up = commands.add_parser("up", help="run a sandbox until SIGINT, SIGTERM or the end of stdin")
    up.add_argument(
        "--contract",
        default=Contract.CONFORMING.value,
        metavar="NAME",
        help="|".join(contract.value for contract in Contract),
    )
    up.add_argument(
        "--state",
        default=FibreState.READY.value,
        metavar="STATE",
        help="|".join(state.value for state in FibreState),
    )
    up.add_argument(
        "--prr",
        default=SPEC.default_prr_hz,
        metavar="HZ",
        help="pulse repetition rate, %(default)s",
    )
    up.add_argument(
        "--job-life",
        default=str(SPEC.default_job_life_s),
        metavar="SECONDS",
        help="life of a job that nobody reads: 50s, 0.5, 200ms",
    )
    up.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="ID[=VALUE]",
        help="switch a fault or a knob on; may be repeated",
    )
    up.add_argument(
        "--pz-profile",
        default=Options.pz_profile,
        metavar="NAME",
        help=f"folder of {PROFILES.parent.name}/{PROFILES.name} whose files the server mounts",
    )
    up.add_argument(
        "--cni",
        default=Options.cni.value,
        metavar="NAME",
        help="how NetworkPolicies are enforced: " + "|".join(cni.value for cni in Cni),
    )
    up.add_argument(
        "--roles",
        default=Options.roles,
        type=Path,
        metavar="FOLDER",
        help="the Roles of the service account, by default those of deploy/rbac",
    )
    up.add_argument("--seed", default=1, type=_whole, help="seed of the data, %(default)s")
    up.add_argument("--port", default=0, type=_whole, help="port of the Focus Server, 0 = any free")
    up.add_argument(
        "--bind",
        default=Options.bind,
        metavar="ADDRESS",
        help="where the Focus Server listens, %(default)s; it answers anybody who reaches it",
    )
    up.add_argument(
        "--real-network",
        action="store_true",
        help="the server is in a pod: it reaches its MongoDB directly and not by our own network",
    )
    faults = commands.add_parser("faults", help="list the faults, one per line")
    faults.add_argument("--knobs", action="store_true", help="list what is unknown instead")
    return parser


def _whole(text: str) -> int:
    try:
        return int(written(text))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number") from None


def _options(given: argparse.Namespace) -> Options:
    if not 0 <= given.port <= _HIGHEST_PORT:
        raise OptionError(f"--port is {given.port}; a port from 0 to {_HIGHEST_PORT} is needed.")
    return Options(
        contract=choice(Contract, "--contract", given.contract),
        state=choice(FibreState, "--state", given.state),
        prr_hz=positive_integer("--prr", given.prr),
        job_life_s=seconds("--job-life", given.job_life),
        cni=choice(Cni, "--cni", given.cni),
        roles=given.roles,
        seed=given.seed,
        port=given.port,
        bind=address("--bind", given.bind),
        real_network=given.real_network,
        pz_profile=mountable_profile(given.pz_profile),
        faults=_faults(given.fault),
    )


def _faults(given: Sequence[str]) -> dict[str, FaultValue]:
    pairs = (text.partition("=") for text in given)
    return checked({name: value if separator else True for name, separator, value in pairs})


def _run(options: Options) -> int:
    logging.basicConfig(
        level=logging.WARNING,
        stream=sys.stderr,
        format="sandbox: %(levelname)s %(name)s: %(message)s",
    )
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(_serve(options))
    except OSError as error:
        print(f"sandbox: The sandbox cannot start: {error}.", file=sys.stderr)
        return 1
    return 0


def _loop_factory() -> type[asyncio.AbstractEventLoop] | None:
    """Return uvloop's loop where it is installed; it does not exist for Windows."""
    if find_spec("uvloop") is None:
        return None
    import uvloop  # noqa: PLC0415 - only where it is installed

    return uvloop.Loop


async def _serve(options: Options) -> None:
    """Serve until it is time to end; the one line on stdout says that it is ready."""
    end = ending()
    async with Sandbox(options) as addresses:
        gc.freeze()  # a look at all that is there from the start on would be felt as a pause
        print(json.dumps(addresses.as_json()), flush=True)
        await end.wait()
        os.close(1)  # whoever started us knows that it ends before anybody is refused
