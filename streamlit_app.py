"""The app where it is looked for: `streamlit run streamlit_app.py`, or any ASGI server with `streamlit_app:app`."""

from looks_like.explorer.interfaces.app import app

__all__ = ["app"]
