# The portal's one image: web, worker, beat, relay and migrations differ only in their command.
FROM python:3.11-slim-bookworm AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /portal
RUN python -m venv /opt/venv
COPY requirements/base.txt requirements/base.txt
RUN /opt/venv/bin/pip install --require-hashes --no-deps -r requirements/base.txt
COPY . .
# Static files and catalogues belong to the image: its file system is read-only when it runs.
# The secret serves this step alone and is in no layer's environment.
RUN DEMO=1 DATA_DIR=/build /opt/venv/bin/python manage.py catalog \
    && DEMO=1 DATA_DIR=/build /opt/venv/bin/python manage.py collectstatic --noinput

FROM python:3.11-slim-bookworm

RUN groupadd --system --gid 10001 portal \
    && useradd --system --uid 10001 --gid portal --home-dir /portal --shell /usr/sbin/nologin portal \
    && install -d -o portal -g portal /data
WORKDIR /portal
COPY --from=build /opt/venv /opt/venv
COPY --from=build /portal /portal
COPY --from=build /build/static /portal-static
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    MALLOC_ARENA_MAX=2 \
    DJANGO_SETTINGS_MODULE=contact_center.settings \
    DATA_DIR=/data \
    STATIC_DIR=/portal-static \
    HOST=0.0.0.0 \
    PORT=8000
USER 10001:10001
EXPOSE 8000
VOLUME ["/data"]
HEALTHCHECK --interval=15s --timeout=6s --start-period=30s --retries=3 \
    CMD ["python", "-m", "deploy.answers"]
CMD ["python", "-m", "deploy.one", "web"]
