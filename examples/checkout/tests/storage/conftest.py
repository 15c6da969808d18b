from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from checkout.storage import ReceiptArchive, s3_client

if TYPE_CHECKING:
    from collections.abc import Iterator

    from credcheck.pytest_plugin.fixtures import Secrets


@pytest.fixture(scope="session")
def archive(session_secrets: Secrets) -> Iterator[ReceiptArchive]:
    """Give an archive in a bucket of its own, which is gone afterwards."""
    client = s3_client(
        session_secrets.require("AWS_ACCESS_KEY_ID"),
        session_secrets.require("AWS_SECRET_ACCESS_KEY"),
    )
    bucket = f"checkout-test-{uuid4().hex}"
    client.create_bucket(
        Bucket=bucket,
        CreateBucketConfiguration={"LocationConstraint": client.meta.region_name},
    )
    archive = ReceiptArchive(client, bucket)
    yield archive
    for order in archive.orders():
        archive.delete(order)
    client.delete_bucket(Bucket=bucket)
