"""Python's collector looks seldom while a document is read, and as before afterwards."""

import gc
from contextlib import suppress

import pytest

from orchestration.collector import YOUNG, looking_seldom


@pytest.mark.parametrize(
    ("young", "meanwhile"), [(700, YOUNG), (3 * YOUNG, 3 * YOUNG)], ids=["Python's own", "looks even less"]
)
@pytest.mark.parametrize("fails", [False, True], ids=["read", "refused"])
def test_the_collector_looks_seldom_while_a_document_is_read(young: int, meanwhile: int, fails: bool) -> None:
    @looking_seldom()
    def read() -> None:
        seen.append(gc.get_threshold())
        if fails:
            raise ValueError

    seen: list[tuple[int, int, int]] = []
    before = gc.get_threshold()
    gc.set_threshold(young, 10, 10)
    try:
        with suppress(ValueError):
            read()
        assert seen == [(meanwhile, 10, 10)]
        assert gc.get_threshold() == (young, 10, 10)
    finally:
        gc.set_threshold(*before)
