"""Keywords for load and stress."""

from collections.abc import Sequence
from typing import Any

from robot.api.deco import keyword, library

from focus.api.configuration import View
from focus.load.defaults import default_mix
from focus.load.sent import require_sent
from focus.settings import client_settings, requirements


@library(scope="GLOBAL", doc_format="MARKDOWN")
class LoadLibrary:
    """What load and stress cases send.

    Defaults come from the client settings: its default channels and its full range, its
    frequency range, and every NFFT option that a view allows.
    """

    @keyword(tags=["Getter"])
    def get_default_load(self) -> list[bytes]:
        """Returns the request bodies that a load sends when nothing is said.

        Returns:
            JSON bodies of live configurations (bytes, UTF-8), to be sent with
            `Send Raw Configuration` of FocusServerLibrary.

        Raises:
            ToolError: the client settings cannot be read, for example `ERROR:
                usersettings.json: key 'Defaults.Nfft' is missing. Correct the file.`

        Sends nothing, so nothing undoes it.

        ```robotframework
        ${bodies}=    Get Default Load
        ```
        """
        mix = default_mix(client_settings(), requirements())
        return [configuration.to_body() for configuration in mix]

    @keyword(tags=["Assertion"])
    def sent_configurations_should_include(
        self, sent: Sequence[Any], view: View, field: str, value: object
    ) -> None:
        """Fails unless one of the sent configurations of a view has a field with a value.

        Args:
            sent: decoded request bodies as they went over the wire, from
                `Get Sent Configurations` of FocusServerLibrary.
            view: `multichannel`, `singlechannel` or `waterfall`.
            field: dotted path of the field, for example `channels.max`.
            value: the value in the cell language (JSON).

        Returns:
            Nothing.

        Raises:
            ProductFailure: no such request was sent, for example `The default load should send
                nfftSelection 128 in view_type 0, but its 5 requests sent 256, 512.`

        Changes nothing, so nothing undoes it.

        ```robotframework
        Send Configuration    multichannel
        ${sent}=    Get Sent Configurations
        Sent Configurations Should Include    ${sent}    multichannel
        ...    channels.min    ${START_CHANNEL}
        ```
        """
        require_sent(sent, view.value, field, value)
