"""The app: Streamlit pages and our HTTP routes in one Starlette process; a server runs `app`."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Thread

import streamlit as st
from starlette.middleware import Middleware

from looks_like.explorer.core import get_ready, open_lab
from looks_like.explorer.interfaces.access import Door, here_acts_the_person, the_door
from looks_like.explorer.interfaces.monitoring import Figures, Watched, log_requests, monitoring_routes
from looks_like.explorer.interfaces.routes import BaseAddress, Guard, KnownHosts, routes


@asynccontextmanager
async def _warm_up(app: object) -> AsyncIterator[None]:
    """Gets the Lab ready beside the server, which answers meanwhile."""
    Thread(target=lambda: get_ready(open_lab())).start()  # the interpreter waits for it: faiss must not outlive that
    yield


here_acts_the_person()
if os.environ.get("LOOKS_LIKE_LOG") == "json":
    log_requests()
figures = Figures()
app = st.App(
    Path(__file__).parent / "pages" / "main.py",
    routes=[*monitoring_routes(open_lab, figures), *routes(open_lab)],
    middleware=[
        Middleware(Watched, figures),
        Middleware(Guard, KnownHosts.from_environment()),
        Middleware(Door, *the_door()),
        Middleware(BaseAddress),
    ],
    lifespan=_warm_up,
)
