# Phoenix Explorer for many visitors: docs/serving.md. Two stages: what builds stays behind.

FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/phoenix
WORKDIR /source
# The packages first: they change less often than the project.
COPY requirements.txt ./
RUN /opt/phoenix/bin/pip install --require-hashes -r requirements.txt
COPY LICENSE README.md app.py pyproject.toml ./
COPY .streamlit .streamlit
COPY dashboard dashboard
COPY pages pages
COPY phoenix phoenix
RUN /opt/phoenix/bin/pip install --no-deps . && /opt/phoenix/bin/phoenix-explorer doctor

FROM python:3.11-slim-bookworm
COPY --from=build /opt/phoenix /opt/phoenix
# Nobody in particular, and a folder of theirs: all else may be read-only.
RUN mkdir /cache && chown 10001:10001 /cache
USER 10001:10001
VOLUME /cache
ENV PATH=/opt/phoenix/bin:$PATH HOME=/cache PHOENIX_CACHE_DIR=/cache PYTHONDONTWRITEBYTECODE=1
EXPOSE 8501
# Healthy once a feed can be made at once. Looks at the body; below a base path: `health http://127.0.0.1:8501/phoenix`.
HEALTHCHECK --interval=10s --timeout=8s --start-period=180s --retries=3 CMD ["phoenix-explorer", "health"]
ENTRYPOINT ["phoenix-explorer"]
CMD ["app", "--address", "0.0.0.0", "--port", "8501", "--server.headless", "true"]
