"""The server around the pages: made ready before it listens, with an address that says so."""

from __future__ import annotations

import asyncio
import gc
import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.desk.boot import Desk
from core.desk.queue import get_ready
from core.desk.upkeep import refresh_due_times
from core.errors import DeskError
from core.logs import log
from core.ui.failures import keep_content_out_of_logs
from core.ui.state import the_desk

READY = "/ready"
RULES_FIRST_SECONDS = 20  # whoever waits for a first page goes first
RULES_EVERY_SECONDS = 60
# These two only remark that the desk is opened before there is a browser, which is meant.
AWAY_FROM_A_BROWSER = (
    "streamlit.runtime.scriptrunner_utils.script_run_context",
    "streamlit.runtime.caching.cache_data_api",
)
# The browser itself holds the pages to this host; Streamlit's and Vega's scripts need the rest.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; "
        "connect-src 'self' ws: wss: data: blob:; "
        "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
}
# Below these a deeper address is a file of Streamlit's; anywhere else it is no page of ours.
OWN_FOLDERS = ("_stcore", "static", "component", "media", "app", "oauth2callback")
NO_SUCH_PAGE = "/not-found"


def runs_page() -> bool:
    """True while this is a run of the app for a browser, False while the server is starting."""
    return get_script_run_ctx(suppress_warning=True) is not None


def prepare() -> None:
    """Open the desk before the server listens; a desk that may not start says why and ends."""
    keep_content_out_of_logs()
    for name in AWAY_FROM_A_BROWSER:
        logging.getLogger(name).setLevel(logging.ERROR)
    # Until the first navigation is declared, Streamlit takes files in pages/ for pages of their
    # own and would run the first one asked for without the shell around it.
    st.navigation([st.Page(_no_page)])
    # A full collection after every run stops all sessions; the interpreter's own pace is enough.
    config.set_option("runner.postScriptGC", False)
    try:
        get_ready(the_desk())
    except DeskError as refusal:
        sys.stderr.write(f"{refusal}\n")
        raise SystemExit(2) from refusal
    # What is loaded now stays: later collections need not walk it again.
    gc.collect()
    gc.freeze()


def _no_page() -> None:
    """Stands in the navigation that is declared before there is anybody to show a page to."""


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[dict[str, Any]]:
    """Tell the log that the server listens, and let go of the store when it ends."""
    log("serving").info("ready")
    rules = asyncio.create_task(_follow_rules(the_desk()))
    yield {}
    rules.cancel()
    the_desk().snapshot.close()
    the_desk().store.close()
    gc.unfreeze()
    log("serving").info("ended")


async def _follow_rules(desk: Desk) -> None:
    """Keep what is due in step with the service rules: at the start, and when a version begins."""
    looked = None
    await asyncio.sleep(RULES_FIRST_SECONDS)
    while True:
        now = desk.clock.now()
        if looked is None or any(looked < begins <= now for begins in desk.book.changes()):
            try:
                await run_in_threadpool(refresh_due_times, desk)
            except Exception as failure:  # noqa: BLE001 -- the desk serves on, and tries again
                log("serving").error("due times not refreshed", exc_info=failure)
        looked = now
        await asyncio.sleep(RULES_EVERY_SECONDS)


async def ready(_request: Request) -> JSONResponse:
    """Whether the store answers: 200 with its sequence number, else 503."""
    try:
        sequence = await run_in_threadpool(the_desk().store.seq)
    except Exception as failure:  # noqa: BLE001 -- whoever asks wants a status, not a failure
        log("serving").error("store does not answer", exc_info=failure)
        return JSONResponse({"status": "store does not answer"}, status_code=503)
    return JSONResponse({"status": "ready", "sequence": sequence})


def routes() -> list[BaseRoute]:
    """Addresses beside the pages."""
    return [Route(READY, ready)]


def middleware() -> list[Middleware]:
    """What every answer passes through."""
    return [Middleware(Careful)]


class Careful:
    """Puts the security headers on every answer and folds nested addresses into one that is none.

    Streamlit serves its front page at any address, but below a second slash that page finds
    none of its files and stays blank.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request; what is not HTTP passes untouched."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif _is_nested(scope):
            await RedirectResponse(NO_SUCH_PAGE)(scope, receive, send)
        else:
            await self.app(scope, receive, _with_headers(send))


def _with_headers(send: Send) -> Send:
    async def send_careful(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(HEADERS)
        await send(message)

    return send_careful


def _is_nested(scope: Scope) -> bool:
    parts = [part for part in scope["path"].split("/") if part]
    is_page = "text/html" in dict(scope["headers"]).get(b"accept", b"").decode("latin-1")
    return len(parts) > 1 and is_page and parts[0] not in OWN_FOLDERS and "_stcore" not in parts
