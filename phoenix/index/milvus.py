"""The same interface over Milvus: a local file with milvus-lite, or a cluster by its URI.

For a corpus that outgrows memory. Needs the optional extra `milvus`. The vectors are uploaded once, batch by batch, to
a collection named after their digest; an upload that was cut off goes on where rows are missing.
"""

import dataclasses
import pathlib
import time
import urllib.parse
from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

import numpy as np

from phoenix.checks import shown
from phoenix.index.base import IndexUnavailableError, Progress, SearchResult, VectorIndex, Watch, check_vectors
from phoenix.index.store import digest_vectors

# Milvus answers a search with at most this many results.
MOST_RESULTS = 16_384
CLUSTER_SCHEMES = ("http", "https", "tcp")
_IN_MEMORY = "or unset PHOENIX_INDEX_URI to search in memory."
_INSTALL = f"Install it with `pip install 'phoenix-explorer[milvus]'`, {_IN_MEMORY}"

Result = TypeVar("Result")


@dataclasses.dataclass(frozen=True)
class MilvusParameters:
    """Where the vectors live and how patiently to speak to that place.

    Attributes:
      uri: path of a local file (ends in .db), or the address of a cluster (http://…, https://…, tcp://…).
      index_type: Milvus's name of the index; FLAT is exact, AUTOINDEX leaves the choice to the cluster.
      batch: vectors in one upload, and queries in one search.
      timeout_seconds: for each request.
      attempts: how often a request is tried before giving up.
      backoff_seconds: pause before the second attempt; doubled before each further one.
    """

    kind: ClassVar[str] = "milvus"
    uri: str
    index_type: str = "FLAT"
    batch: int = 1_000
    timeout_seconds: float = 10.0
    attempts: int = 4
    backoff_seconds: float = 0.25

    def __post_init__(self) -> None:
        problem = _problem_of(self.uri)
        if problem:
            raise IndexUnavailableError(
                f"PHOENIX_INDEX_URI must be milvus-lite, a file that ends in .db, or an address that begins with "
                f"http://, https:// or tcp://, {problem}: correct it, {_IN_MEMORY}",
                "index.address",
            )

    @property
    def place(self) -> str:
        """The address without user and password."""
        return _without_password(urllib.parse.urlsplit(self.uri))


class MilvusIndex(VectorIndex):
    """One collection of a Milvus server; ids and distances are those that the server answers."""

    memory_bytes = None

    def __init__(
        self,
        vectors: np.ndarray,
        parameters: MilvusParameters,
        *,
        corpus_digest: str | None = None,
        progress: Progress | None = None,
        should_stop: Callable[[], bool] | None = None,
    ):
        """Connects, and uploads what the collection does not hold yet.

        Args:
          vectors: float [N, D].
          parameters: where and how.
          corpus_digest: `digest_vectors(vectors)`, if it is known already.
          progress: called as progress(done, in all) after each batch.
          should_stop: asked between batches; what is uploaded stays, the next call goes on from there.

        Raises:
          ValueError: unusable vectors.
          IndexUnavailableError: Milvus is away or not installed, or holds vectors of another shape.
          StoppedError: `should_stop` said so.
        """
        array = check_vectors(vectors)
        self.parameters, self.exact = parameters, parameters.index_type == "FLAT"
        self._size, self._dimension = array.shape
        self.collection = f"phoenix_{parameters.index_type.lower()}_{(corpus_digest or digest_vectors(array))[:24]}"
        self._client = _connect(parameters)
        self._prepare()
        self._upload(array, progress, should_stop)

    @property
    def size(self) -> int:
        """N."""
        return self._size

    @property
    def dimension(self) -> int:
        """D."""
        return self._dimension

    def close(self) -> None:
        """Ends the connection."""
        self._client.close()

    def check_settings(self, settings: Any, *, k: int) -> None:
        """Accepts None, there is nothing to set, and as many results as Milvus gives."""
        if settings is not None:
            raise ValueError(f"A Milvus index has nothing to set when it is searched, got {shown(settings)}.")
        if k > MOST_RESULTS:
            raise ValueError(f"k must be at most {MOST_RESULTS} when the corpus is in Milvus, got {shown(k)}.")

    def _search(self, queries: np.ndarray, *, k: int, settings: None) -> SearchResult:
        ids, scores = np.full((len(queries), k), -1, np.int64), np.full((len(queries), k), -np.inf, np.float32)
        for start in range(0, len(queries), self.parameters.batch):
            part = list(queries[start : start + self.parameters.batch])
            answers = self._ask("search", self._client.search, data=part, limit=k, anns_field="vector")
            for row, hits in enumerate(answers, start=start):
                ids[row, : len(hits)] = [hit["id"] for hit in hits]
                scores[row, : len(hits)] = [hit["distance"] for hit in hits]
        return SearchResult(ids, scores)

    def _prepare(self) -> None:
        """Creates the collection, or makes sure that the one that exists fits."""
        if not self._ask("look for", self._client.has_collection):
            schema, indexes = _describe(self._client, self.parameters, self._dimension)
            self._ask("create", self._client.create_collection, schema=schema, index_params=indexes)
            return
        fields = self._ask("describe", self._client.describe_collection)["fields"]
        stored = next((field["params"].get("dim") for field in fields if field["name"] == "vector"), None)
        if stored is None or int(stored) != self._dimension:
            raise IndexUnavailableError(
                f"Collection {self.collection} at {self.parameters.place} holds vectors of {stored} dimensions, "
                f"expected {self._dimension}: drop it, or name another place in PHOENIX_INDEX_URI.",
                "index.dimensions",
                collection=self.collection,
                place=self.parameters.place,
                stored=stored,
                expected=self._dimension,
            )
        self._ask("load", self._client.load_collection)

    def _upload(self, vectors: np.ndarray, progress: Progress | None, should_stop: Callable[[], bool] | None) -> None:
        present, batch = self._count(0, self._size), self.parameters.batch
        if present == self._size:
            return
        starts = range(0, self._size, batch)
        watch = Watch(len(starts), progress=progress, should_stop=should_stop)
        for start in starts:
            part = vectors[start : start + batch]
            if not present or self._count(start, start + len(part)) < len(part):
                rows = [{"id": start + i, "vector": vector} for i, vector in enumerate(part)]
                self._ask("upload to", self._client.upsert, data=rows)
            watch.step()
        self._ask("flush", self._client.flush)

    def _count(self, begin: int, end: int) -> int:
        """How many of the ids begin … end - 1 the collection holds."""
        answer = self._ask(
            "count", self._client.query, filter=f"id >= {begin} && id < {end}", output_fields=["count(*)"]
        )
        return int(answer[0]["count(*)"])

    def _ask(self, what: str, method: Callable[..., Result], **arguments: Any) -> Result:
        parameters = self.parameters
        return _try(
            lambda: method(collection_name=self.collection, timeout=parameters.timeout_seconds, **arguments),
            what=f"{what} collection {self.collection}",
            parameters=parameters,
        )


def _problem_of(uri: str) -> str | None:
    """What is wrong with an address, without its password; None if it can be tried."""
    try:
        parts = urllib.parse.urlsplit(uri)
        _ = parts.port  # read, because only then is it checked
    except ValueError as error:
        return f"got one that cannot be read ({shown(str(error))})"
    if uri.endswith(".db") or (parts.scheme in CLUSTER_SCHEMES and parts.hostname):
        return None
    return f"got {shown(_without_password(parts))}"


def _without_password(parts: urllib.parse.SplitResult) -> str:
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _connect(parameters: MilvusParameters) -> Any:
    try:
        from pymilvus import MilvusClient
    except ImportError as error:
        text = f"Milvus was asked for, but pymilvus is missing. {_INSTALL}"
        raise IndexUnavailableError(text, "index.not_installed") from error

    def connect() -> Any:
        return MilvusClient(parameters.uri, timeout=parameters.timeout_seconds)

    if not parameters.uri.endswith(".db"):
        return _try(connect, what="connect", parameters=parameters)
    file = pathlib.Path(parameters.uri)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise IndexUnavailableError(
            f"The folder of the index, {file.parent}, cannot be made ({error.strerror}): name another one in "
            f"PHOENIX_INDEX_URI, {_IN_MEMORY}",
            "index.folder",
            folder=file.parent,
            reason=error.strerror,
        ) from error
    try:
        return _try(connect, what="connect", parameters=parameters)
    except IndexUnavailableError as error:
        if not _is_open_elsewhere(file):
            raise
        raise IndexUnavailableError(
            f"{file} is open in another process, and milvus-lite serves one process at a time: end that one, give this "
            f"one another file or a server's address in PHOENIX_INDEX_URI, {_IN_MEMORY}",
            "index.locked",
            file=file,
        ) from error


def _is_open_elsewhere(file: pathlib.Path) -> bool:
    """Whether another process holds the lock of a file of milvus-lite (which is a folder)."""
    try:
        import fcntl

        with (file / "LOCK").open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except (ImportError, OSError):  # no such locks on this system, or no such file
        return False
    return False


def _describe(client: Any, parameters: MilvusParameters, dimension: int) -> tuple[Any, Any]:
    """Schema and index of a collection."""
    from pymilvus import DataType

    schema = client.create_schema(auto_id=False, enable_dynamic_field=False)
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dimension)
    indexes = client.prepare_index_params()
    indexes.add_index("vector", index_type=parameters.index_type, metric_type="IP")
    return schema, indexes


def _try(action: Callable[[], Result], *, what: str, parameters: MilvusParameters) -> Result:
    """Does something, again after a pause if it fails, and explains itself if it fails for good."""
    import grpc
    from pymilvus import MilvusException

    for attempt in range(parameters.attempts):
        try:
            return action()
        except Exception as error:  # the client raises whatever it likes; to a caller the index is unavailable
            failure = error
        if not isinstance(failure, MilvusException | grpc.RpcError | OSError):
            break  # trying again does not help
        if attempt + 1 < parameters.attempts:
            time.sleep(parameters.backoff_seconds * 2**attempt)
    reason = getattr(failure, "message", None) or str(failure) or type(failure).__name__
    raise IndexUnavailableError(
        f"Milvus at {parameters.place} could not {what}, tried {attempt + 1} times ({reason}). Check that the server "
        f"runs and that PHOENIX_INDEX_URI names it, {_IN_MEMORY}",
        "index.away",
        place=parameters.place,
        attempts=attempt + 1,
        reason=reason,
    ) from failure
