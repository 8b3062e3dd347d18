"""A slider and a picture as one writes them in plain Streamlit: st.slider, st.fragment, st.image. Same net, same lab.

streamlit run benchmarks/speed/slider_beside.py -- PROJECT WORKSPACE MODEL
"""

import sys

import numpy as np
import streamlit as st

project, workspace, model = sys.argv[1:4]
if project not in sys.path:
    sys.path.insert(0, project)

from looks_like.explorer.core.lab import Lab  # noqa: E402 - `streamlit run` starts beside the script, not in the project


@st.cache_resource
def open_lab() -> Lab:
    return Lab(workspace)


@st.fragment
def live() -> None:
    lab = open_lab()
    z_d = np.zeros(lab.space(model).latent, np.float32)
    z_d[0] = st.slider("Dimension 1", -3.0, 3.0, 0.0, 0.05)
    st.image(lab.decode(model, z_d[None])[0], width=320)


live()
