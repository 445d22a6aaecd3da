"""Keywords that judge the client settings file itself."""

from robot.api.deco import keyword, library

from focus_engine import __version__
from focus_engine.declared.settings_rules import SettingsRule, require_rule


@library(scope="GLOBAL", doc_format="MARKDOWN", version=__version__)
class ClientSettingsLibrary:
    """Judges `variables/client/usersettings.new_production_client.json`.

    The file is the only source of the client's limits, defaults and options;
    `FOCUS_CLIENT_SETTINGS` names another one.
    """

    @keyword(tags=["Assertion"])
    def client_settings_should_satisfy(self, rule: SettingsRule) -> None:
        """Fails unless the client settings in force satisfy a rule.

        Args:
            rule: `complete` (every key is there with its type), `default channels`,
                `default frequencies`, `default nfft`, `nfft options` or `windows`.

        Returns:
            Nothing.

        Raises:
            ProductFailure: the file breaks the rule, for example `The client settings
                usersettings.json start with NFFT 1000, which is none of the options [128, 256].`

        Changes nothing, so nothing undoes it.

        ```robotframework
        Client Settings Should Satisfy    default nfft
        ```
        """
        require_rule(rule)
