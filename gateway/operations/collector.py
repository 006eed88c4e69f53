"""How often Python looks for garbage in a gateway that is up."""

import gc
from typing import Final

THRESHOLDS: Final = (20_000, 20, 50)  # objects, then rounds of the younger generation; Python's own: 700, 10, 10


def collect_seldom() -> None:
    """Leave out of every collection what is loaded by now, and look for the rest less often.

    A batch of messages makes tens of thousands of objects that end with its transaction, without any cycle. With
    Python's own thresholds each batch had all there is looked through several times, a tenth of the time it took.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
