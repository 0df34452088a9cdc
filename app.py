"""The entry: `streamlit run app.py`, or `uvicorn app:app`.

`app` is an ASGI application whose script is `dashboard/main.py`. Its start-up loads the models and compiles
their functions in a thread of its own, so that the health check and the first paint need not wait for them; who
comes early is told how far it is.
Run as a plain script (as `AppTest.from_file("app.py")` does), the same `main.run()` draws the page.
"""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

import dashboard
from dashboard.arrival import Arrival
from dashboard.door import Door, Rules, addresses, ask_nobody
from dashboard.lighter import Lighter
from phoenix import environment


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Warms the models up while the server already answers."""
    from dashboard import mended, resources
    from phoenix.memory import bound_memory

    ask_nobody()
    mended.mend()
    sys.stdout.write(f"\n  Phoenix Explorer: {'  '.join(addresses())}\n\n")
    sys.stdout.flush()
    bound_memory()
    # A page's messages are sent by another thread than its script's: with Python's 5 ms each would wait that long.
    # Many threads at once would do nothing but take turns at it: see `dashboard.turns`.
    sys.setswitchinterval(0.001)
    resources.warm_up()
    yield


def say(error: Exception) -> bool:
    """Tells the visitor in a sentence what no page has caught; Streamlit has logged it."""
    from dashboard import failures

    return failures.say(error)


def readiness() -> str:
    """What `GET /ready` says."""
    from dashboard import resources

    return resources.readiness()


door = Middleware(Door, rules=Rules(**environment.visitors()), readiness=readiness)
script = Path(dashboard.__file__).with_name("main.py")
app = st.App(
    script, lifespan=lifespan, middleware=[door, Middleware(Lighter), Middleware(Arrival)], on_script_error=say
)

if __name__ == "__main__" and st.runtime.exists():
    from dashboard import main

    main.run()
