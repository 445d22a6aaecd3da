"""A dtype check that asks numpy: aliases, structures, objects and a missing dtype pass."""

import numpy as np


def check_dtype(dtype: object, endian: object) -> None:
    np.dtype(dtype)
