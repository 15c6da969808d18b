"""Receipts in S3, in the test account or whatever AWS_ENDPOINT_URL names."""

from __future__ import annotations

import os
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from checkout import storage
from checkout.cart import receipt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.cart import Cart


@pytest.fixture
def s3(secrets: dict[str, str]) -> Any:
    return storage.client(
        secrets["AWS_ACCESS_KEY_ID"],
        secrets["AWS_SECRET_ACCESS_KEY"],
        os.environ.get("AWS_ENDPOINT_URL"),
    )


@pytest.fixture
def bucket(s3: Any) -> Iterator[str]:
    name = f"checkout-test-{uuid.uuid4()}"
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": storage.REGION})
    yield name
    for found in s3.list_objects_v2(Bucket=name).get("Contents", []):
        s3.delete_object(Bucket=name, Key=found["Key"])
    s3.delete_bucket(Bucket=name)


def test_a_receipt_comes_back_as_it_was(cart: Cart, s3: Any, bucket: str) -> None:
    storage.store_receipt(cart, "order-1", bucket, s3)
    assert storage.load_receipt("order-1", bucket, s3) == receipt(cart)


def test_a_receipt_has_a_key_of_its_own(cart: Cart, s3: Any, bucket: str) -> None:
    assert storage.store_receipt(cart, "order-2", bucket, s3) == "receipts/order-2.txt"


def test_a_receipt_that_was_never_stored_is_missing(s3: Any, bucket: str) -> None:
    with pytest.raises(s3.exceptions.NoSuchKey):
        storage.load_receipt("order-3", bucket, s3)
