"""The engine: plain Python that speaks to a Focus Server and judges its answers.

It knows nothing of Robot Framework; the libraries beside this package are its Robot edge.
"""

__version__ = "0.2.0"
