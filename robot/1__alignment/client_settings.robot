*** Settings ***
Documentation    The client settings file is the only source of limits and defaults: it must be
...              complete and consistent, and the server's fibre must hold the default channels.

Library          ClientSettingsLibrary

Test Template    Client Settings Should Satisfy

Test Tags        client-settings    critical    gate    smoke


*** Test Cases ***                           RULE
Every key is there with its type             complete
Default channels lie within the limit        default channels
Default frequencies lie within the limits    default frequencies
Default NFFT is one of the options           default nfft
NFFT options are ascending powers of two     nfft options
Screens fit into the windows                 windows
