"""The app: Streamlit pages and our HTTP routes in one Starlette process."""

import streamlit as st

from explorer.lab import open_lab
from explorer.routes import routes
from explorer.warming import warm

app = st.App("explorer/pages/main.py", routes=routes(open_lab), lifespan=warm(open_lab))
