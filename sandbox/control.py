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
from sandbox.focus_server.jobs import Job
from sandbox.network.cni import Cni
from sandbox.options import Contract, FibreState, OptionError, choice, positive_integer
from sandbox.state import SandboxState

Body = dict[str, Any]
Change = Callable[[SandboxState, Body], Any]


def _put_faults(state: SandboxState, body: Body) -> Body:
    state.switch_faults(checked(body))
    return {"active": state.faults.as_json()}


def _put_state(state: SandboxState, body: Body) -> Body:
    state.fibre = choice(FibreState, "state", body.get("state"))
    return {"state": state.fibre.value}


def _put_contract(state: SandboxState, body: Body) -> Body:
    state.stand_for(choice(Contract, "contract", body.get("contract")))
    return {"contract": state.contract.value}


def _put_prr(state: SandboxState, body: Body) -> Body:
    state.prr_hz = positive_integer("prr", body.get("prr"))
    return {"prr": state.prr_hz}


def _put_cni(state: SandboxState, body: Body) -> Body:
    state.network.cluster.switch(choice(Cni, "cni", body.get("cni")))
    return {"cni": state.network.cluster.cni.value}


def control_api(state: SandboxState) -> Starlette:
    """The application."""

    async def faults(request: Request) -> Response:
        return JSONResponse({"active": state.faults.as_json()})

    async def requests(request: Request) -> Response:
        return JSONResponse(state.requests.as_json())

    async def forget_requests(request: Request) -> Response:
        state.requests.clear()
        return JSONResponse({})

    async def jobs(request: Request) -> Response:
        return JSONResponse([_job_as_json(job) for job in state.jobs.live()])

    async def rights(request: Request) -> Response:
        return JSONResponse(sorted(state.used_rights))

    async def reset(request: Request) -> Response:
        state.reset()
        return JSONResponse({})

    return Starlette(
        routes=[
            Route("/faults", faults, methods=["GET"]),
            Route("/faults", _changing(state, _put_faults), methods=["PUT"]),
            Route("/state", _changing(state, _put_state), methods=["PUT"]),
            Route("/contract", _changing(state, _put_contract), methods=["PUT"]),
            Route("/prr", _changing(state, _put_prr), methods=["PUT"]),
            Route("/cni", _changing(state, _put_cni), methods=["PUT"]),
            Route("/requests", requests, methods=["GET"]),
            Route("/requests", forget_requests, methods=["DELETE"]),
            Route("/jobs", jobs, methods=["GET"]),
            Route("/rights", rights, methods=["GET"]),
            Route("/reset", reset, methods=["POST"]),
        ]
    )


def _changing(state: SandboxState, change: Change) -> Callable[[Request], Any]:
    """An endpoint that applies `change` to a JSON object, 400 with a sentence if wrong."""

    async def endpoint(request: Request) -> Response:
        try:
            body = await request.json()
        except JSONDecodeError as error:
            return JSONResponse({"error": f"The body is not JSON: {error}."}, 400)
        if not isinstance(body, dict):
            return JSONResponse({"error": "A JSON object is needed."}, 400)
        try:
            return JSONResponse(change(state, body))
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
