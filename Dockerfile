# Looks Like in a container: the app on port 8501, its workspace in /data. As nobody in particular, writing nowhere else.
#
#   docker build -t looks-like . --build-arg PIP_OPTIONS="…"    # where PyTorch's CPU build comes from, on a machine without a GPU
#   docker run -p 127.0.0.1:8501:8501 -v shop:/data looks-like
FROM python:3.11-slim AS built
ARG PIP_OPTIONS=""
WORKDIR /src
COPY requirements.lock pyproject.toml README.md LICENSE ./
COPY looks_like looks_like
COPY data data
COPY model model
COPY explorer explorer
# the lock says which versions; of it only what the program and its logins need is installed. Of wordllama two files are
# read and no code is run, so nothing that its code needs is there
RUN grep -v '^wordllama==' requirements.lock > constraints.txt \
 && python -m venv /opt/looks-like \
 && /opt/looks-like/bin/pip install --no-cache-dir $PIP_OPTIONS --constraint constraints.txt ".[auth]" \
 && /opt/looks-like/bin/pip install --no-cache-dir $PIP_OPTIONS --no-deps $(grep '^wordllama==' requirements.lock)

FROM python:3.11-slim
RUN useradd --create-home --uid 10001 looks-like && mkdir /data && chown looks-like /data
COPY --from=built /opt/looks-like /opt/looks-like
USER looks-like
# the root may be read-only, and Numba keeps what it compiled beside its own files unless told where
ENV PATH=/opt/looks-like/bin:$PATH LOOKS_LIKE_WORKSPACE=/data PYTHONUNBUFFERED=1 NUMBA_CACHE_DIR=/tmp/numba
VOLUME /data
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8501/api/ready', timeout=4)"]
# which addresses reach it is said by whoever publishes the port; who may what, by what stands behind `app` (docs/people.md)
ENTRYPOINT ["looks-like"]
CMD ["app", "--host", "0.0.0.0", "--log", "json"]
