"""Shelves to try: a folder, and a bucket of a server that speaks S3."""

import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4


@contextmanager
def s3_server() -> Iterator[str]:
    """The address of an S3 server of the test run's own."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        server.stop()


def new_bucket(server: str) -> str:
    """The address of an empty bucket, as in ATTACHMENTS_URL."""
    name = f"kunna-{uuid4().hex}"
    request = urllib.request.Request(f"{server}/{name}", method="PUT")
    urllib.request.urlopen(request).close()
    return f"s3://{name}/attachments?endpoint={server}&region=us-east-1"
