"""Keywords that ask the running server what it loaded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from robot.api import logger
from robot.api.deco import keyword
from robot.libraries.BuiltIn import BuiltIn

from focus_engine.on_use import on_use
from focus_engine.verdict import Prefix, ToolError
from focus_keywords.pz.log import LoadedProfile, conclude, conclude_live, variable

with on_use(__name__):
    from focus_engine import environment as environments
    from focus_engine import ledger as ledgers
    from focus_engine.pz.live import claims, effects, job_start, session


class ServerKeywords:
    """Did the server take the configuration?"""

    def __init__(self, profile: LoadedProfile) -> None:
        self._profile = profile

    @keyword(tags=["Assertion"])
    def parameter_effects_should_be_observed(self) -> None:
        """Fails unless the server's answers show the parameters that the profile says they show.

        Sends GET only. This catches a value that is silently wrong.

        Raises:
            ProductFailure: `effects of parameters (…): 1 finding (1 fail); worst AC010:
                focus_server.fiber.highest_channel is set in site.yaml:5, but GET /channels does not
                show its value at $.highest_channel.`

        ```robotframework
        Parameter Effects Should Be Observed
        ```
        """
        loaded = self._profile.loaded
        get = effects.getter(environments.load_environment(variable("${ENVIRONMENT}")))
        conclude(effects.effects_report(loaded.profile, loaded.effective, get))

    @keyword(tags=["Assertion"])
    def loading_claim_should_hold(
        self,
        claim: str,
        soak: timedelta | None = None,
        waiting_for_fiber: bool = False,
    ) -> None:
        """Fails unless one of the claims L1 to L5 about the running server holds.

        Args:
            claim: `L1` deployed, `L2` fresh, `L3` rolled out, `L4` clean start, `L5` stable.
            soak: How long L5 watches restarts and readiness; default is in the environment's file.
            waiting_for_fiber: True lets the allow-list excuse the missing prr in L4.

        Raises:
            ProductFailure: `L2 the process is newer than the file: FAIL, … started 40 s before
                ConfigMap pz-config was written, so it runs with the old values; …`
            Undetermined: `UNDETERMINED: L4 the start log is clean: UNDETERMINED, … lines are
                missing.`

        ```robotframework
        Loading Claim Should Hold    L3
        ```
        """
        conclude_live(self._live(soak, waiting_for_fiber).only(claim))

    @keyword(tags=["Assertion"])
    def start_log_should_be_clean(self, waiting_for_fiber: bool = False) -> None:
        """Fails unless the server's log since its start shows readiness and no fault (claim L4).

        Args:
            waiting_for_fiber: True lets the allow-list excuse the missing prr.

        Raises:
            ProductFailure: `L4 the start log is clean: FAIL, 1 finding (1 fail); worst LG003 at
                panda-panda-focus-server-…: a key is missing: KeyError: 'broker'.`
            Undetermined: The log is empty, truncated, or shows no readiness.

        ```robotframework
        Start Log Should Be Clean
        ```
        """
        self.loading_claim_should_hold(
            claims.Claim.CLEAN_START.id, waiting_for_fiber=waiting_for_fiber
        )

    @keyword(tags=["Assertion"])
    def focus_server_should_have_loaded_configuration(
        self,
        job: str | None = None,
        *job_arguments: Any,
        soak: timedelta | None = None,
        waiting_for_fiber: bool = False,
    ) -> None:
        """Fails unless all six claims L1 to L6 hold; each is shown with its own verdict.

        L6 is tried only when none of the others failed.

        Args:
            job: Keyword that configures a small job and returns an object with `status` and
                `text`; when it fails, L6 does. Without it L6 is UNDETERMINED.
            job_arguments: Arguments of that keyword.
            soak: How long L5 watches restarts and readiness; default is in the environment's file.
            waiting_for_fiber: True lets the allow-list excuse the missing prr in L4.

        Raises:
            ProductFailure: `L1 the file in the pod is the expected one: FAIL, … has sha256 …`
            NeedsInput: The profile does not know where the files are in the pod.

        ```robotframework
        Focus Server Should Have Loaded Configuration    Send Configuration    multichannel
        ```
        """
        starter = None if job is None else partial(_job_answer, job, job_arguments)
        conclude_live(self._live(soak, waiting_for_fiber).all(starter))

    @keyword
    def restart_focus_server(self, timeout: timedelta = timedelta(seconds=300)) -> None:
        """Restart the Focus Server and wait until its rollout is complete. Disruptive.

        Args:
            timeout: How long the rollout may take; default 300 s.

        Raises:
            NotAllowed: The environment file or the namespace's annotation does not allow it.
            ToolError: The rollout is not complete in time.

        ```robotframework
        Restart Focus Server    timeout=2 min
        ```
        """
        environment = environments.load_environment(variable("${ENVIRONMENT}"))
        container = self._profile.loaded.profile.file.live.container
        name = session.restart_server(environment, container, timeout.total_seconds())
        logger.info(f"Deployment {name} was restarted.")

    def _live(self, soak: timedelta | None, waiting_for_fiber: bool) -> session.LiveCheck:
        conditions = ("waiting-for-fiber",) if waiting_for_fiber else ()
        environment = environments.load_environment(variable("${ENVIRONMENT}"))
        seconds = environment.file.pz.soak if soak is None else soak.total_seconds()
        return session.LiveCheck.of(self._profile.loaded.profile, environment, seconds, conditions)


def _job_answer(job: str, arguments: Sequence[Any]) -> job_start.JobAnswer:
    """Run keyword `job`; its failure is the answer's fault, unless the tool broke."""
    status, returned = BuiltIn().run_keyword_and_ignore_error(job, *arguments)
    if status == "PASS":
        life_left = ledgers.run_ledger().certain_life_left
        return job_start.JobAnswer(int(returned.status), str(returned.text), life_left=life_left)
    prefix = Prefix.of(str(returned))
    said = str(returned).removeprefix(prefix.value).strip() if prefix else str(returned)
    if prefix is Prefix.ERROR:
        raise ToolError(said)
    if prefix is Prefix.UNDETERMINED:
        return job_start.JobAnswer(undecided=said)
    return job_start.JobAnswer(fault=said)
