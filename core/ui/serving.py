"""The server around the pages: made ready before it listens, with an address that says so."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route
from streamlit import config
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.errors import DeskError
from core.logs import log
from core.ui.failures import keep_content_out_of_logs
from core.ui.state import the_desk

READY = "/ready"


def runs_page() -> bool:
    """True while this is a run of the app for a browser, False while the server is starting."""
    return get_script_run_ctx(suppress_warning=True) is not None


def prepare() -> None:
    """Open the desk before the server listens; a desk that may not start says why and ends."""
    keep_content_out_of_logs()
    # A full collection after every run stops all sessions; the interpreter's own pace is enough.
    config.set_option("runner.postScriptGC", False)
    try:
        the_desk()
    except DeskError as refusal:
        sys.stderr.write(f"{refusal}\n")
        raise SystemExit(2) from refusal


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[dict[str, Any]]:
    """Tell the log that the server listens, and let go of the store when it ends."""
    log("serving").info("ready")
    yield {}
    the_desk().store.close()
    log("serving").info("ended")


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
