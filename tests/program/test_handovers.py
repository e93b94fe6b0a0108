"""Library callables that are handed to something that runs them."""

import pytest
from tests.program.test_program import linked

from durability.program.context import Context

HEAD = """import asyncio, smtplib, threading
from functools import partial
import httpx, requests
from concurrent.futures import ThreadPoolExecutor
from fastapi import BackgroundTasks
from fastapi.concurrency import run_in_threadpool
session = requests.Session()
pool = ThreadPoolExecutor()
"""
NOW = [
    "await asyncio.to_thread(requests.get, url, timeout=3)",
    "await asyncio.get_running_loop().run_in_executor(None, partial(requests.get, url, timeout=3))",
    "await run_in_threadpool(requests.get, url, timeout=3)",
    "await run_in_threadpool(func=requests.get, timeout=3)",
    "ask = requests.get\n    await asyncio.to_thread(ask, url, timeout=3)",
]
LATER = [
    "tasks.add_task(requests.get, url, timeout=3)",
    "threading.Thread(target=requests.get, args=(url,), kwargs={'timeout': 3}).start()",
    "pool.submit(requests.get, url, timeout=3)",
]


def asked(context: Context) -> list[tuple[str, list[str]]]:
    """The calls that ask another service, each with its function and the keywords it is given."""
    program = context.program
    return [
        (program.function(call.key).name, [item.keyword for item in call.arguments])
        for call in context.calls_by_effect.get("http", [])
    ]


def handed(statement: str) -> Context:
    return linked(main=f"{HEAD}async def work(url, tasks: BackgroundTasks):\n    {statement}\n")


@pytest.mark.parametrize("statement", NOW)
def test_what_is_waited_for_is_the_call_it_comes_down_to(statement):
    [(function, keywords)] = asked(handed(statement))
    assert function == "work"
    assert keywords[-1] == "timeout"


@pytest.mark.parametrize("statement", LATER)
def test_what_runs_later_is_a_function_of_its_own(statement):
    [(function, keywords)] = asked(handed(statement))
    assert function == "<requests.get>"
    assert keywords == ["", "timeout"]


def test_arguments_that_are_made_elsewhere_are_passed_through():
    assert asked(handed("threading.Thread(target=requests.get, args=given, kwargs=more).start()"))[0][1] == ["*", "**"]


@pytest.mark.parametrize("statement", ["tasks.add_task(url)", "await asyncio.to_thread(*url)", "partial(requests.get)"])
def test_what_is_not_known_to_run_is_left_alone(statement):
    assert asked(handed(statement)) == []


def test_its_result_has_the_type_that_the_callable_gives():
    context = handed("answer = await asyncio.to_thread(session.get, url)\n    answer.raise_for_status()")
    assert "requests.Response.raise_for_status" in context.calls_by_name


def test_it_holds_up_nobody_else():
    context = handed("await asyncio.gather(asyncio.to_thread(requests.get, url))")
    work = next(key for key in context.program.functions() if context.program.function(key).name == "work")
    assert context.effects.reaches(work, "http")
    assert not context.effects.reaches(work, "http", blocking=True)
