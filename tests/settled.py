"""Imported last by a process that others are forked from: what it holds is collected no more.

A collection in a fork would write to every object, and each page of memory that is written to is
copied.
"""

import gc

gc.collect()
gc.freeze()
