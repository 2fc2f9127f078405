"""Turns: one after the other, in order; who gives up is passed over, and takes nothing with him."""

from __future__ import annotations

import asyncio
from typing import Any, Awaitable, Callable, Dict, List

import anyio
from anyio.lowlevel import checkpoint
from asking import Held, app
from octoprint_cli_mcp import tools
from octoprint_cli_mcp.calls import Calls, Turns

from octoprint_cli.testing import FaultServer


def run(test: Callable[[], Awaitable[None]]) -> None:
    async def limited() -> None:
        with anyio.fail_after(60):
            await test()

    anyio.run(limited)


def test_turns_are_taken_in_order_one_at_a_time() -> None:
    async def test() -> None:
        turns, seen = Turns(), []

        async def one(number: int) -> None:
            await turns.take()
            seen.append(f"{number} begins")
            await checkpoint()
            seen.append(f"{number} ends")
            turns.give()

        async with anyio.create_task_group() as group:
            for number in range(4):
                group.start_soon(one, number)
        assert seen == [f"{number} {what}" for number in range(4) for what in ("begins", "ends")]

    run(test)


def test_cancelled_waiter_is_skipped() -> None:
    async def test() -> None:
        turns, seen = Turns(), []
        await turns.take()

        async def one(name: str) -> None:
            await turns.take()
            seen.append(name)
            turns.give()

        early, late, last = (asyncio.create_task(one(name)) for name in ("early", "late", "last"))
        await _queued(turns, 3)
        early.cancel()
        await checkpoint()
        turns.give()  # it is that of `late`, who is gone before he hears of it
        late.cancel()
        await asyncio.wait([early, late, last])
        assert seen == ["last"]
        await turns.take()

    run(test)


def test_call_cancelled_before_its_turn_sends_nothing(environ: Dict[str, str], server: FaultServer) -> None:
    held = Held()
    server.fail("POST", "/api/printer/bed", held, times=1)
    made = app(environ)
    temp = next(tool for tool in tools.installed(made, tools.Choice(["temp"]))[0])

    async def test() -> None:
        calls = Calls(made)

        async def set_bed(degrees: str, scope: anyio.CancelScope) -> None:
            with scope:
                answers.append(await calls.answer(temp, {"bed": degrees}, _nobody))

        answers: List[Any] = []
        second = anyio.CancelScope()
        async with anyio.create_task_group() as group:
            group.start_soon(set_bed, "60", anyio.CancelScope())
            await held.arrived()
            group.start_soon(set_bed, "70", second)
            await _queued(calls._turns, 1)
            second.cancel()
            held.release()
        assert [answer["data"]["set"] for answer in answers] == [{"bed": 60.0}]
        assert (await calls.answer(temp, {"bed": "80"}, _nobody))["data"]["set"] == {"bed": 80.0}

    run(test)
    assert [act.json for act in server.acts] == [{"command": "target", "target": degrees} for degrees in (60.0, 80.0)]


async def _queued(turns: Turns, count: int) -> None:
    while len(turns._queue) < count:
        await checkpoint()


async def _nobody(*_: Any) -> None:
    pass
