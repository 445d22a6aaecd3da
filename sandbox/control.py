"""The control API: switches faults and states at run time, for tests and the proof only."""

# ruff: noqa: ARG001 - Starlette calls endpoints with the request, needed or not

from collections.abc import Callable
from json import JSONDecodeError
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.catalogue import checked
from sandbox.faults import FaultError
from sandbox.jobs import Job
from sandbox.network.cni import Cni
from sandbox.options import Contract, FibreState, OptionError, choice, positive_integer
from sandbox.state import World

Body = dict[str, Any]
Change = Callable[[World, Body], Any]


def _put_faults(world: World, body: Body) -> Body:
    world.switch_faults(checked(body))
    return {"active": world.faults.as_json()}


def _put_state(world: World, body: Body) -> Body:
    world.state = choice(FibreState, "state", body.get("state"))
    return {"state": world.state.value}


def _put_contract(world: World, body: Body) -> Body:
    world.contract = choice(Contract, "contract", body.get("contract"))
    return {"contract": world.contract.value}


def _put_prr(world: World, body: Body) -> Body:
    world.prr_hz = positive_integer("prr", body.get("prr"))
    return {"prr": world.prr_hz}


def _put_cni(world: World, body: Body) -> Body:
    world.network.cluster.switch(choice(Cni, "cni", body.get("cni")))
    return {"cni": world.network.cluster.cni.value}


def control_api(world: World) -> Starlette:
    """Return the application."""

    async def faults(request: Request) -> Response:
        return JSONResponse({"active": world.faults.as_json()})

    async def requests(request: Request) -> Response:
        return JSONResponse(world.requests.as_json())

    async def forget_requests(request: Request) -> Response:
        world.requests.clear()
        return JSONResponse({})

    async def jobs(request: Request) -> Response:
        return JSONResponse([_job_as_json(job) for job in world.jobs.live()])

    async def rights(request: Request) -> Response:
        return JSONResponse(sorted(world.used_rights))

    async def reset(request: Request) -> Response:
        world.reset()
        return JSONResponse({})

    return Starlette(
        routes=[
            Route("/faults", faults, methods=["GET"]),
            Route("/faults", _changing(world, _put_faults), methods=["PUT"]),
            Route("/state", _changing(world, _put_state), methods=["PUT"]),
            Route("/contract", _changing(world, _put_contract), methods=["PUT"]),
            Route("/prr", _changing(world, _put_prr), methods=["PUT"]),
            Route("/cni", _changing(world, _put_cni), methods=["PUT"]),
            Route("/requests", requests, methods=["GET"]),
            Route("/requests", forget_requests, methods=["DELETE"]),
            Route("/jobs", jobs, methods=["GET"]),
            Route("/rights", rights, methods=["GET"]),
            Route("/reset", reset, methods=["POST"]),
        ]
    )


def _changing(world: World, change: Change) -> Callable[[Request], Any]:
    """Return an endpoint that applies ``change`` to a JSON object, 400 with a sentence if wrong."""

    async def endpoint(request: Request) -> Response:
        try:
            body = await request.json()
        except JSONDecodeError as error:
            return JSONResponse({"error": f"The body is not JSON: {error}."}, 400)
        if not isinstance(body, dict):
            return JSONResponse({"error": "A JSON object is needed."}, 400)
        try:
            return JSONResponse(change(world, body))
        except (FaultError, OptionError) as error:
            return JSONResponse({"error": str(error)}, 400)

    return endpoint


def _job_as_json(job: Job) -> Body:
    return {
        "job_id": job.id,
        "slot": job.slot,
        "port": job.port,
        "historic": job.historic,
        "started_at": job.started_at,
        "consumer_attached": job.consumer_attached,
        "request": job.request,
    }
