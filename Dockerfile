# The appliance as an image: no root, and everything it keeps is under /data.
# A package server of your own, or the smaller CPU builds of torch: --build-arg PIP_EXTRA_INDEX_URL=...

FROM python:3.11-slim-bookworm AS build
ARG PIP_INDEX_URL
ARG PIP_EXTRA_INDEX_URL
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src
RUN python -m venv /opt/ragbox
# The dependencies (3 GB with torch for CPU) are a layer of their own: a change of our code does not fetch them again.
COPY pyproject.toml constraints.txt ./
RUN python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['dependencies'], sep='\n')" \
        > requirements.txt \
    && /opt/ragbox/bin/pip install -c constraints.txt -r requirements.txt
COPY README.md LICENSE ./
COPY ragbox ragbox
COPY ingest ingest
COPY web web
RUN /opt/ragbox/bin/pip install --no-deps .

FROM python:3.11-slim-bookworm
# libgomp1: torch, bitsandbytes and numba are built with OpenMP; every other library comes in a wheel.
# More packages for more formats: --build-arg APT_PACKAGES="libreoffice-writer libreoffice-impress"
ARG APT_PACKAGES=""
RUN apt-get update \
    && apt-get install -y --no-install-recommends libgomp1 $APT_PACKAGES \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --no-create-home --home-dir /tmp ragbox \
    && install -d -o ragbox -g ragbox -m 0700 /data
COPY --from=build /opt/ragbox /opt/ragbox
# HOME is /tmp: libraries that want a cache find the only writable place outside /data.
ENV PATH=/opt/ragbox/bin:$PATH HOME=/tmp PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    RAGBOX_DATA=/data RAGBOX_HOST=0.0.0.0 RAGBOX_PORT=7860
USER ragbox
WORKDIR /data
VOLUME /data
EXPOSE 7860
# http.client and not urllib: a proxy in the environment must not be asked about 127.0.0.1. Whose certificate it is does
# not matter here: nothing but this server can listen there.
HEALTHCHECK --interval=30s --timeout=5s --start-period=90s --retries=3 CMD ["python", "-c", \
    "import http.client as h, os, ssl; at = ('127.0.0.1', 7860); c = h.HTTPConnection(*at) if os.environ.get('RAGBOX_TLS') == 'off' else h.HTTPSConnection(*at, context=ssl._create_unverified_context()); c.request('GET', '/readyz'); exit(c.getresponse().status != 200)"]
CMD ["ragbox", "serve"]
