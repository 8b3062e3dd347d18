"""The app: Streamlit pages and our HTTP routes in one Starlette process."""

import streamlit as st

from looks_like.explorer.core import open_lab
from looks_like.explorer.interfaces.routes import routes
from looks_like.explorer.interfaces.warming import warm

app = st.App("explorer/interfaces/pages/main.py", routes=routes(open_lab), lifespan=warm(open_lab))
