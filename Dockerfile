# Runner and sandbox of the Focus Server tests.
#   docker build -t focus-server-tests .
#   docker run --rm -v "$PWD/results:/tests/results" focus-server-tests run -- --include smoke
# For the load workers (deploy/load): docker build --build-arg LOCKS="requirements.lock requirements-load.lock" .
FROM python:3.13.9-slim-bookworm

ARG LOCKS="requirements.lock requirements-sandbox.lock"

ENV PYTHONUNBUFFERED=1 \
    PYTHONUTF8=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    FOCUS_PYTHON=/usr/local/bin/python

WORKDIR /tests
COPY requirements*.lock ./
RUN set -eu; \
    for lock in $LOCKS; do set -- "$@" -r "$lock"; done; \
    pip install --no-cache-dir --require-hashes "$@"

COPY . .
RUN useradd --create-home --uid 10001 tests \
    && mkdir -p results \
    && chown -R tests:tests results

USER 10001
ENTRYPOINT ["python", "focus.py"]
CMD ["run"]
