"""The archive of receipts, in an S3 bucket."""

from __future__ import annotations

from typing import Any

import boto3


def s3_client(access_key_id: str, secret_access_key: str, region: str = "eu-central-1") -> Any:
    """Connect to S3; boto3 itself goes to what ``AWS_ENDPOINT_URL`` names instead."""
    return boto3.client(
        "s3",
        aws_access_key_id=access_key_id,
        aws_secret_access_key=secret_access_key,
        region_name=region,
    )


class ReceiptArchive:
    """Keeps one receipt for each order."""

    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def save(self, order_id: str, receipt: str) -> None:
        """Store a receipt; one of the same order is replaced."""
        self._client.put_object(
            Bucket=self._bucket,
            Key=self._key(order_id),
            Body=receipt.encode(),
            ContentType="text/plain; charset=utf-8",
        )

    def load(self, order_id: str) -> str:
        """Give a stored receipt; a ``KeyError`` if there is none."""
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=self._key(order_id))
        except self._client.exceptions.NoSuchKey:
            raise KeyError(order_id) from None
        text: bytes = answer["Body"].read()
        return text.decode()

    def delete(self, order_id: str) -> None:
        """Forget the receipt of an order, if there is one."""
        self._client.delete_object(Bucket=self._bucket, Key=self._key(order_id))

    def orders(self) -> list[str]:
        """List the orders that have a receipt, sorted."""
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket)
        keys = [entry["Key"] for page in pages for entry in page.get("Contents", ())]
        return sorted(key.removeprefix("receipts/").removesuffix(".txt") for key in keys)

    @staticmethod
    def _key(order_id: str) -> str:
        return f"receipts/{order_id}.txt"
