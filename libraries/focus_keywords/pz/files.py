"""Keywords that judge configuration files."""

from pathlib import Path
from typing import Any

from robot.api import logger
from robot.api.deco import keyword
from robot.api.types import Secret

from focus_engine.masking import is_secret
from focus_engine.on_use import on_use
from focus_engine.pz.words import Subject, ValueType
from focus_keywords.pz.log import LoadedProfile, conclude, json_cell, variable

with on_use(__name__):
    from focus_engine import environment as environments
    from focus_engine.pz import checks, external, questions
    from focus_engine.pz import configuration as configurations
    from focus_engine.pz import effective as effective_values
    from focus_engine.pz import profile as profiles


class FileKeywords:
    """Is the configuration right?"""

    def __init__(self, profile: LoadedProfile) -> None:
        self._profile = profile

    @keyword("Load PZ Profile")
    def load_pz_profile(
        self, name: str | None = None, files: Path | None = None, **variables: str
    ) -> None:
        """Choose the profile that the other keywords use, and the files that they judge.

        Args:
            name: Folder below `variables/pz`: `example`, `pz` or one of yours. Default is
                FOCUS_PZ_PROFILE, else what the environment's file says.
            files: Folder with the configuration files; default is FOCUS_PZ_FILES, else the
                profile's own folder.
            variables: Values for `${NAME}` in the files, in addition to the profile's.

        Returns:
            Nothing. Files are read when a check needs them.

        Raises:
            ToolError: `ERROR: there is no profile 'exmple' in …/variables/pz. Known are: example,
                pz.`
            NotAllowed: `NOT ALLOWED: profile 'example' is invented (…) and may judge the sandbox
                only, not environment 'staging'. Choose another profile.`

        ```robotframework
        Load PZ Profile    example    SITE=sandbox
        ```
        """
        environment = environments.environment_name(variable("${ENVIRONMENT}"))
        profile = profiles.load_profile(
            name or profiles.profile_in_force(environment),
            files=files or profiles.files_in_force(),
            variables=variables,
        )
        profile.require_for(environment)
        for part in profile.facts():
            logger.info(f"{part.what}: {part.status.value} ({part.source})")
        self._profile.choose(configurations.ProfileConfiguration(profile))

    @keyword(tags=["Assertion"])
    def heatmap_summary_should_be_valid(self) -> None:
        """Fails unless the heatmap summary loads strictly, fits its schema and has every recorder.

        Raises:
            ProductFailure: `heatmap summary (profile 'example', invented): 1 finding (1 fail);
                worst CF005 at heatMapSummary.json:12 $.version: key 'version' stands twice.`
            NeedsInput: The profile has only a placeholder for the file or its schema.

        ```robotframework
        Heatmap Summary Should Be Valid
        ```
        """
        conclude(checks.heatmap_report(self._profile.loaded))

    @keyword(tags=["Assertion"])
    def heatmap_recorder_should_be_defined(self, recorder: str) -> None:
        """Fails unless the heatmap summary defines this recorder type.

        Args:
            recorder: A recorder type that the profile lists, such as `FreqSpan`.

        Raises:
            ProductFailure: `recorder Poles (profile 'example', invented): 1 finding (1 fail);
                worst CF041 at heatMapSummary.json: recorder type 'Poles' is not defined.`
            ToolError: `ERROR: 'Pole' is no recorder type of the profile. Known are: …`

        ```robotframework
        Heatmap Recorder Should Be Defined    Poles
        ```
        """
        conclude(questions.recorder_report(self._profile.loaded, recorder))

    @keyword(tags=["Assertion"])
    def configuration_values_should_have_type(
        self, subject: Subject, selector: str, value_type: ValueType
    ) -> None:
        """Fails unless every value at a path has this JSON type, and at least one is there.

        Args:
            subject: `heatmap_summary`, `autocfg` or `supervisor_modules`.
            selector: Path; `*` is any key, `[*]` any index, `**` any number of steps.
            value_type: `boolean`, `integer`, `number` (with a fraction or point), `string`,
                `array`, `object` or `null`.

        Raises:
            ProductFailure: `types at $.recorders[*].period_s (…): 1 finding (1 fail); worst CF012
                at heatMapSummary.json:9 $.recorders[0].period_s: string instead of integer.`

        ```robotframework
        Configuration Values Should Have Type    autocfg    $.*.broker.port    integer
        ```
        """
        conclude(questions.types_report(self._profile.loaded, subject, selector, value_type))

    @keyword(tags=["Assertion"])
    def recorder_parameter_should_have_its_type(self, parameter: str) -> None:
        """Fails unless every recorder gives this parameter, with the type that the profile says.

        Args:
            parameter: A name under `heatmap_summary.parameters` of the profile.

        Raises:
            ProductFailure: As `Configuration Values Should Have Type`.
            NeedsInput: The profile does not say where the parameter stands.

        ```robotframework
        Recorder Parameter Should Have Its Type    period
        ```
        """
        conclude(questions.recorder_parameter_report(self._profile.loaded, parameter))

    @keyword(tags=["Assertion"])
    def autocfg_should_load(self) -> None:
        """Fails unless all layers load, every variable has a value, and no needed module is gone.

        Modules may be removed; what fails is a parameter that still needs a removed one.

        Raises:
            ProductFailure: `autocfg parameters (…): 1 finding (1 fail); worst CF020 at
                components/focus_server.yaml:5 $.focus_server.livefs_forwarder.module: module
                'forwarders.livefs' was removed and is still needed here.`
            NeedsInput: The profile has only a placeholder for the parameters.

        ```robotframework
        Autocfg Should Load
        ```
        """
        effective = self._profile.loaded.effective
        if effective is not None:
            logger.info(effective_values.to_table(effective).to_html(), html=True)
        conclude(checks.autocfg_report(self._profile.loaded))

    @keyword
    def get_effective_parameter(self, name: str) -> Any:
        """Return the value in force of one autocfg parameter, and log where it came from.

        Args:
            name: `component.key.key`, for example `focus_server.jobs.max_windows`.

        Returns:
            The value with its type; a secret comes as Robot's `Secret`, which is not logged.

        Raises:
            NeedsInput: There are no autocfg files yet.
            ToolError: `ERROR: there is no effective parameter 'focus_server.jobs.max'. Known are:
                focus_server.jobs.max_windows.`

        ```robotframework
        ${windows} =    Get Effective Parameter    focus_server.jobs.max_windows
        ```
        """
        item = questions.parameter(self._profile.loaded, name)
        logger.info(f"{name} comes from {item.origin}; it replaced {item.overridden or 'nothing'}.")
        return Secret(str(item.value)) if is_secret((name,)) else item.value

    @keyword(tags=["Assertion"])
    def effective_parameter_should_be(
        self, name: str, expected: str, origin: str | None = None
    ) -> None:
        """Fails unless a parameter has this value, of this type, from this file.

        Args:
            name: `component.key.key`.
            expected: JSON: `30`, `true`, `"k8s"`; text needs quotes.
            origin: File that must have set it, relative to the parameters; default any.

        Raises:
            ProductFailure: `parameter focus_server.jobs.life_s (…): 1 finding (1 fail); worst CF014
                at components/focus_server.yaml:12: focus_server.jobs.life_s is 50, expected 60.`

        ```robotframework
        Effective Parameter Should Be    focus_server.jobs.launcher    "k8s"
        ```
        """
        value = json_cell(expected)
        conclude(questions.parameter_report(self._profile.loaded, name, value, origin))

    @keyword(tags=["Assertion"])
    def agreed_parameter_should_be_in_force(self, parameter: str) -> None:
        """Fails unless this parameter has its reviewed value, set by the reviewed file.

        Args:
            parameter: A name under `autocfg.agreed` of the profile.

        Raises:
            ProductFailure: As `Effective Parameter Should Be`.
            NeedsInput: The profile does not list the parameter.

        ```robotframework
        Agreed Parameter Should Be In Force    job life
        ```
        """
        conclude(questions.agreed_parameter_report(self._profile.loaded, parameter))

    @keyword(tags=["Assertion"])
    def supervisor_modules_should_cover_configuration(self) -> None:
        """Fails unless every module that the configuration names is in the supervisor's list.

        The list is read from the syntax of the Python file, which is never executed; what is
        computed makes the check UNDETERMINED.

        Raises:
            ProductFailure: `supervisor modules (…): 1 finding (1 fail); worst CF021 at
                heatMapSummary.json:6 $.recorders[0].module: module 'heatmaps.recorde' is not known;
                did you mean 'heatmaps.recorder'?`

        ```robotframework
        Supervisor Modules Should Cover Configuration
        ```
        """
        conclude(checks.modules_report(self._profile.loaded))

    @keyword(tags=["Assertion"])
    def configuration_should_match_baseline(self, subject: Subject) -> None:
        """Fails unless the configuration is the reviewed one, as far as the profile's policy asks.

        A baseline is written only by `python3 focus.py pz baseline`, for review.

        Args:
            subject: `heatmap_summary`, `autocfg` or `supervisor_modules`.

        Raises:
            ProductFailure: `autocfg parameters against the baseline (…): 1 finding (1 fail); worst
                DF003 at common.yaml:4 $.focus_server.broker.port: was int and is str.`
            Undetermined: There is no reviewed baseline yet.

        ```robotframework
        Configuration Should Match Baseline    autocfg
        ```
        """
        conclude(checks.baseline_report(self._profile.loaded, subject))

    @keyword(tags=["Assertion"])
    def reverted_change_should_be_gone(self) -> None:
        """Fails while anything of the reverted change is left in the configuration.

        Raises:
            ProductFailure: `the reverted change (…): 1 finding (1 fail); worst CF040 at
                heatMapSummary.json:140 $.compression: left of the reverted change: …`

        ```robotframework
        Reverted Change Should Be Gone
        ```
        """
        conclude(checks.reverted_report(self._profile.loaded))

    @keyword(tags=["Assertion"])
    def external_checker_should_accept_configuration(self) -> None:
        """Fails unless the checker that the profile names accepts the files.

        Where PZ's own checker can run, its verdict counts more than ours.

        Raises:
            ProductFailure: `external checker (…): 1 finding (1 fail); worst EX001: …`
            NeedsInput: The profile names no checker that can run.
            Undetermined: The checker itself broke, or was not run, since a file cannot be read.
            ToolError: The checker cannot start, hangs, or ends with an unknown exit code.

        ```robotframework
        External Checker Should Accept Configuration
        ```
        """
        conclude(external.run_checker(self._profile.loaded))
