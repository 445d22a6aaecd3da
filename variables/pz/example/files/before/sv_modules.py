"""Modules that the supervisor may start. Invented; read as text, never executed."""

SV_MODULES = [
    "focus_server.main",
    "preprocessor.main",
    "heatmaps.recorder",
    "heatmaps.poles_adaptive",
    "heatmaps.bridge",
    "forwarders.livefs",
    "forwarders.livefs_adaptive",
    "forwarders.interrogator",
]
