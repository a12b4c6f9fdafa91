"""What Meridian asks of an S3 server, and what each kind of server is known not to do.

A test that stands for a known gap has to fail: a server that learns something turns it red, so
the table in docs/storage-servers.md stays true. Nothing in REQUIRED may be a gap.
"""

KINDS = ("rclone", "rclone-edge", "minio", "versitygw")
TITLES = {
    "rclone": "rclone",
    "rclone-edge": "rclone + edge",
    "minio": "MinIO",
    "versitygw": "VersityGW",
}

FEATURES = {
    "presigned": "Presigned PUT, GET, HEAD, DELETE",
    "forged": "Forged, foreign and altered URLs refused",
    "expired": "Expired URL refused",
    "clock": "URL from the future (1 h) refused",
    "signed_length": "Body of another length than signed refused",
    "signed_type": "Other Content-Type than signed refused",
    "if_none_match": "`If-None-Match: *` refuses an existing key",
    "if_none_match_race": "… also when eight write at once",
    "complete_if_none_match": "`If-None-Match: *` on completing parts",
    "cut_upload": "Upload cut off half-way leaves nothing",
    "overwrite": "Overwriting shows the old or the new object, never a mix",
    "empty": "Empty object",
    "keys": "Unicode, spaces, `+`, `%`, `&`, `?`, `#` in keys",
    "long_key": "Key of 1,024 bytes",
    "range": "Range answers 206",
    "suffix_range": "Range of the last bytes",
    "unsatisfiable": "Range past the end answers 416",
    "if_match": "GET with `If-Match` of another ETag answers 412",
    "disposition": "`response-content-disposition` and `-type`",
    "type_kept": "Content-Type kept",
    "meta": "`x-amz-meta-*` kept",
    "multipart": "Multipart: parts invisible, complete",
    "presigned_parts": "Presigned part PUT in any order",
    "replace_part": "Part sent again replaces the first",
    "list_parts": "List parts and unfinished uploads",
    "abort": "Abort removes the parts",
    "wrong_part": "Complete with a wrong ETag refused",
    "small_part": "Part below 5 MiB refused",
    "part_copy": "Part copied from another object",
    "copy": "Server-side copy",
    "copy_missing": "Copy of a missing object answers 404",
    "delete": "Delete is idempotent",
    "delete_many": "Delete many in one call",
    "missing": "Missing object answers 404 `NoSuchKey`",
    "list": "List by prefix, in order, in pages",
    "list_keys": "Odd keys listed as they are",
    "etag_md5": "ETag of a single PUT is its MD5",
    "etag_parts": "ETag of parts is the MD5 of their MD5s",
    "content_md5": "Wrong Content-MD5 refused",
    "checksum": "Wrong `x-amz-checksum-sha256` refused",
    "checksum_shown": "Checksum shown by HEAD",
    "trailer": "Checksum in a trailer (`aws-chunked`)",
    "bucket": "Creating a bucket again does no harm",
    "cors": "Browser of any origin may PUT and GET by default",
    "cors_headers": "… with `x-amz-meta-*` and `If-None-Match`",
    "cors_etag": "… and read the ETag",
    "set_cors": "PutBucketCors",
    "notification": "Tells a webhook of new objects",
    "notification_secret": "… with a bearer secret",
    "notification_parts": "… of completed multipart uploads",
    "notification_removed": "… of deleted objects",
    "notification_kept": "… later, when the webhook was away",
    "set_notification": "PutBucketNotificationConfiguration",
    "kill": "Acknowledged objects survive kill -9",
}

# Without these a server cannot be one of Meridian's cities.
REQUIRED = frozenset(
    (
        "presigned",
        "forged",
        "expired",
        "signed_length",
        "signed_type",
        "empty",
        "disposition",
        "multipart",
        "presigned_parts",
        "list_parts",
        "abort",
        "copy",
        "copy_missing",
        "delete",
        "missing",
        "list",
        "bucket",
        "kill",
    )
)

# kind → feature → what it does instead, in the words of the table
GAPS: dict[str, dict[str, str]] = {
    "rclone": {
        "clock": "accepted",
        "if_none_match": "overwritten",
        "if_none_match_race": "overwritten",
        "complete_if_none_match": "overwritten",
        "range": "answers 200",
        "suffix_range": "answers 200",
        "if_match": "ignored",
        "replace_part": "501",
        "small_part": "accepted",
        "part_copy": "no ETag",
        "etag_md5": "no ETag after the upload (`--etag-hash none`)",
        "etag_parts": "no ETag after the upload",
        "checksum": "ignored",
        "cors": "signature asked for (without `--allow-origin`)",
        "cors_headers": "likewise",
        "set_cors": "not known",
        "notification": "none",
        "notification_secret": "none",
        "notification_parts": "none",
        "notification_removed": "none",
        "notification_kept": "none",
        "set_notification": "not known",
    },
    "rclone-edge": {
        "clock": "accepted",
        "replace_part": "501",
        "small_part": "accepted",
        "part_copy": "no ETag",
        "checksum": "ignored",
        "set_cors": "not needed",
        "set_notification": "not needed",
    },
    "minio": {
        "set_cors": "`MINIO_API_CORS_ALLOW_ORIGIN` for all buckets",
    },
    "versitygw": {
        "clock": "accepted",
        "cut_upload": "keeps what had arrived, beyond some 64 KiB",
        "trailer": "500 in a presigned URL",
        "cors": "only after PutBucketCors",
        "cors_headers": "only after PutBucketCors",
        "cors_etag": "only after PutBucketCors",
        "notification_secret": "sends none",
        "notification_kept": "lost",
        "set_notification": "`--event-webhook-url` for all buckets",
    },
}

# What is seen one time and not the next; expected neither way.
UNSTEADY: dict[str, dict[str, str]] = {
    "rclone": {"overwrite": "not always"},
    "rclone-edge": {"overwrite": "not always"},
    "minio": {},
    "versitygw": {},
}
