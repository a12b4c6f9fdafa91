"""Has an S3 server tell us of new objects, by a webhook that it knows from its own settings.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketNotificationConfiguration.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.stores.errors import StoreRefused

if TYPE_CHECKING:
    from types_aiobotocore_s3.type_defs import QueueConfigurationTypeDef

    from shared.stores.store import Store

# The name of the webhook in MinIO's settings: MINIO_NOTIFY_WEBHOOK_ENDPOINT_MERIDIAN and so on.
TARGET = "MERIDIAN"
TARGET_ARN = f"arn:minio:sqs::{TARGET}:webhook"
CALL_SECONDS = 10


async def announce_objects(store: Store) -> bool:
    """Have every created object told to our webhook; False where it cannot be asked for.

    Harmless when it is asked for already. StoreUnavailable when the server does not answer.
    """
    wanted: QueueConfigurationTypeDef = {
        "QueueArn": TARGET_ARN,
        "Events": ["s3:ObjectCreated:*"],
    }
    try:
        async with store.control.call("set notification", CALL_SECONDS) as client:
            await client.put_bucket_notification_configuration(
                Bucket=store.server.bucket,
                NotificationConfiguration={"QueueConfigurations": [wanted]},
            )
    except StoreRefused:
        return False
    return True
