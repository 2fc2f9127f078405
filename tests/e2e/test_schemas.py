"""Every command in all its modes on a real server: what it answers is what its schema says, no more and no less."""

from __future__ import annotations

import copy
import json
from typing import Any, Dict, Iterator, Set

import pytest

from . import schemas
from .scenes import SCENES, Stage
from .server import PROGRAM, Server

#: Members that no scene shows, and why.
HIDDEN: Dict[str, str] = {}


@pytest.fixture(scope="module")
def shown(running: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dict[str, Set[str]]]:
    """What every command has answered in all the scenes; each answer was held against its schema as it came."""
    schemas.ledger = {}
    try:
        for scene in SCENES:
            running.reset()
            scene(Stage(running, tmp_path_factory.mktemp(scene.__name__)))
        yield schemas.ledger
    finally:
        schemas.ledger = None


@pytest.mark.timeout(600)
def test_show(shown: Dict[str, Set[str]]) -> None:
    program = str(PROGRAM)
    for name in schemas.catalogue(program):
        print(name, name in shown, sorted(schemas.schema_of(program, name).members() - shown.get(name, set())))
    assert 0
