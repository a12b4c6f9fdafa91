"""Every refusal Meridian can give: one row a code, and the exception that carries it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

TEMPORARY = frozenset((429, 503))


@dataclass(frozen=True, slots=True)
class Problem:
    """A kind of refusal: its stable code, HTTP status and English title."""

    code: str
    status: int
    title: str

    @property
    def is_temporary(self) -> bool:
        """Whether it passes by itself: the same request may be sent again a little later."""
        return self.status in TEMPORARY


class MeridianError(Exception):
    """A refusal on its way to the caller; `errors` by field, `retry_after` in seconds.

    `facts` become fields of the answer, so that nobody has to parse the sentence.
    """

    def __init__(
        self,
        problem: Problem,
        detail: str = "",
        *,
        errors: Mapping[str, Sequence[str]] | None = None,
        retry_after: int | None = None,
        **facts: object,
    ) -> None:
        super().__init__(f"{problem.code}: {detail or problem.title}")
        self.problem = problem
        self.detail = detail
        self.errors = errors
        self.retry_after = retry_after
        self.facts = facts


# Any request
MALFORMED_REQUEST = Problem("MALFORMED_REQUEST", 400, "The request cannot be parsed")
MALFORMED_JSON = Problem("MALFORMED_JSON", 400, "The body is not valid JSON")
REQUEST_REFUSED = Problem("REQUEST_REFUSED", 400, "The request was refused")
BAD_CURSOR = Problem("BAD_CURSOR", 400, "The cursor is not one that this list gave out")
NOT_AUTHENTICATED = Problem("NOT_AUTHENTICATED", 401, "A valid access token is needed")
PERMISSION_DENIED = Problem("PERMISSION_DENIED", 403, "You are not allowed to do this")
NOT_FOUND = Problem("NOT_FOUND", 404, "There is nothing at this address")
METHOD_NOT_ALLOWED = Problem("METHOD_NOT_ALLOWED", 405, "This method is not supported here")
REQUEST_TIMEOUT = Problem("REQUEST_TIMEOUT", 408, "The body took too long to arrive")
REQUEST_IN_PROGRESS = Problem("REQUEST_IN_PROGRESS", 409, "This request is still being processed")
PRECONDITION_FAILED = Problem("PRECONDITION_FAILED", 412, "It has been changed since you read it")
BODY_TOO_LARGE = Problem("BODY_TOO_LARGE", 413, "The body is too large")
URL_TOO_LONG = Problem("URL_TOO_LONG", 414, "The address is too long")
UNSUPPORTED_MEDIA_TYPE = Problem("UNSUPPORTED_MEDIA_TYPE", 415, "The body must be JSON in UTF-8")
VALIDATION_FAILED = Problem("VALIDATION_FAILED", 422, "Some fields are invalid")
IDEMPOTENCY_KEY_REUSED = Problem(
    "IDEMPOTENCY_KEY_REUSED", 422, "The Idempotency-Key was already used for a different request"
)
TOO_MANY_REQUESTS = Problem("TOO_MANY_REQUESTS", 429, "Too many requests")
HEADERS_TOO_LARGE = Problem("HEADERS_TOO_LARGE", 431, "A request header is too large")
INTERNAL = Problem("INTERNAL", 500, "Something went wrong on our side")
DATABASE_UNAVAILABLE = Problem("DATABASE_UNAVAILABLE", 503, "The database does not answer")
REDIS_UNAVAILABLE = Problem("REDIS_UNAVAILABLE", 503, "The cache does not answer")
STORE_UNAVAILABLE = Problem("STORE_UNAVAILABLE", 503, "An object store does not answer")
# What the gateway says, see services/gateway/Caddyfile.
SERVICE_UNAVAILABLE = Problem("SERVICE_UNAVAILABLE", 503, "The service does not answer")
CLOCKS_DIFFER = Problem("CLOCKS_DIFFER", 503, "The clocks of our servers differ too much")
PROVIDER_UNAVAILABLE = Problem("PROVIDER_UNAVAILABLE", 503, "The identity provider does not answer")
MAIL_BUSY = Problem("MAIL_BUSY", 503, "Too much mail is waiting to be sent")
AUTH_UNAVAILABLE = Problem("AUTH_UNAVAILABLE", 503, "The auth service does not answer")

# Accounts
LOGIN_FAILED = Problem("LOGIN_FAILED", 401, "The name or the password is wrong")
TOTP_REQUIRED = Problem("TOTP_REQUIRED", 401, "A second factor is required")
TOKEN_EXPIRED = Problem("TOKEN_EXPIRED", 401, "The access token has expired")
SESSION_ENDED = Problem("SESSION_ENDED", 401, "The session has ended")
REFRESH_FAILED = Problem("REFRESH_FAILED", 401, "The refresh token is not valid")
REFRESH_REUSED = Problem("REFRESH_REUSED", 401, "The refresh token was used before")
SOCIAL_LOGIN_FAILED = Problem(
    "SOCIAL_LOGIN_FAILED", 401, "The identity provider did not confirm the sign-in"
)
WRONG_CODE = Problem("WRONG_CODE", 401, "The code is wrong")
WRONG_PASSKEY = Problem("WRONG_PASSKEY", 401, "The passkey was not accepted")
WRONG_PASSWORD = Problem("WRONG_PASSWORD", 401, "The password is wrong")
PROOF_NEEDED = Problem("PROOF_NEEDED", 403, "Confirm your identity first: POST /me/proof")
REGISTRATION_CLOSED = Problem(
    "REGISTRATION_CLOSED", 403, "Registration is closed or by invitation only"
)
USER_NOT_FOUND = Problem("USER_NOT_FOUND", 404, "User not found")
INVITATION_NOT_FOUND = Problem("INVITATION_NOT_FOUND", 404, "This invitation is no longer valid")
RESET_NOT_FOUND = Problem("RESET_NOT_FOUND", 404, "This link is no longer valid")
CONFIRMATION_NOT_FOUND = Problem("CONFIRMATION_NOT_FOUND", 404, "This link is no longer valid")
SESSION_NOT_FOUND = Problem("SESSION_NOT_FOUND", 404, "Session not found")
ROLE_NOT_FOUND = Problem("ROLE_NOT_FOUND", 404, "Role not found")
PERMISSION_NOT_FOUND = Problem("PERMISSION_NOT_FOUND", 404, "Permission not found")
API_TOKEN_NOT_FOUND = Problem("API_TOKEN_NOT_FOUND", 404, "API token not found")
PASSKEY_NOT_FOUND = Problem("PASSKEY_NOT_FOUND", 404, "Passkey not found")
IDENTITY_NOT_FOUND = Problem("IDENTITY_NOT_FOUND", 404, "Linked account not found")
PROVIDER_NOT_FOUND = Problem("PROVIDER_NOT_FOUND", 404, "Unknown identity provider")
USERNAME_TAKEN = Problem("USERNAME_TAKEN", 409, "This name is taken")
EMAIL_NEEDED = Problem(
    "EMAIL_NEEDED", 403, "The provider confirmed no e-mail address: register, then link it"
)
EMAIL_TAKEN = Problem("EMAIL_TAKEN", 409, "This e-mail address is taken")
EMAIL_CONFIRMED = Problem("EMAIL_CONFIRMED", 409, "This address is confirmed already")
MAIL_NOT_SET_UP = Problem("MAIL_NOT_SET_UP", 409, "This site sends no mail")
LAST_SUPERUSER = Problem("LAST_SUPERUSER", 409, "The last superuser cannot be taken away")
ROLE_EXISTS = Problem("ROLE_EXISTS", 409, "A role with this name already exists")
ROLE_PROTECTED = Problem("ROLE_PROTECTED", 409, "System roles cannot be changed")
PERMISSION_EXISTS = Problem("PERMISSION_EXISTS", 409, "A permission with this name already exists")
PERMISSION_PROTECTED = Problem("PERMISSION_PROTECTED", 409, "System permissions cannot be changed")
TOO_MANY_PERMISSIONS = Problem(
    "TOO_MANY_PERMISSIONS", 409, "So many permissions do not fit into an access token"
)
IDENTITY_LINKED = Problem("IDENTITY_LINKED", 409, "This account is already linked to another user")
PASSKEY_EXISTS = Problem("PASSKEY_EXISTS", 409, "This passkey is already registered")
PASSKEYS_UNAVAILABLE = Problem(
    "PASSKEYS_UNAVAILABLE", 409, "Passkeys are not available on this site"
)
TOO_MANY_PASSKEYS = Problem("TOO_MANY_PASSKEYS", 409, "You have too many passkeys")
LAST_SIGN_IN_WAY = Problem("LAST_SIGN_IN_WAY", 409, "This is the only way left to sign in")
PASSWORD_TOO_SHORT = Problem(
    "PASSWORD_TOO_SHORT", 409, "The password is too short without a second factor"
)
TOTP_ENABLED = Problem("TOTP_ENABLED", 409, "The second factor is already enabled")
TOTP_NOT_STARTED = Problem("TOTP_NOT_STARTED", 409, "The second factor has not been set up")
TOO_MANY_API_TOKENS = Problem("TOO_MANY_API_TOKENS", 409, "You have too many API tokens")
TOO_MANY_ATTEMPTS = Problem("TOO_MANY_ATTEMPTS", 429, "Too many attempts; wait a little")
PASSWORDS_BUSY = Problem("PASSWORDS_BUSY", 503, "Too many passwords are being checked right now")

# Files
UPLOAD_NOT_FOUND = Problem("UPLOAD_NOT_FOUND", 404, "Upload not found")
FILE_NOT_FOUND = Problem("FILE_NOT_FOUND", 404, "File not found")
FOLDER_NOT_FOUND = Problem("FOLDER_NOT_FOUND", 404, "Folder not found")
VERSION_NOT_FOUND = Problem("VERSION_NOT_FOUND", 404, "Version not found")
LAST_VERSION = Problem("LAST_VERSION", 409, "The file has no other version")
UPLOAD_INCOMPLETE = Problem("UPLOAD_INCOMPLETE", 409, "The bytes have not arrived yet")
UPLOAD_FINISHED = Problem("UPLOAD_FINISHED", 409, "The upload is already finished")
UPLOAD_IN_ONE_PIECE = Problem("UPLOAD_IN_ONE_PIECE", 409, "The upload is not a multipart upload")
SIZE_MISMATCH = Problem("SIZE_MISMATCH", 409, "The uploaded size differs from the declared size")
CHECKSUM_MISMATCH = Problem(
    "CHECKSUM_MISMATCH", 409, "The uploaded content differs from the declared SHA-256"
)
FILE_EXISTS = Problem("FILE_EXISTS", 409, "A file with this name already exists in the folder")
FOLDER_EXISTS = Problem("FOLDER_EXISTS", 409, "A folder with this name already exists there")
FOLDER_IN_ITSELF = Problem("FOLDER_IN_ITSELF", 409, "A folder cannot be moved into itself")
FOLDER_TRASHED = Problem("FOLDER_TRASHED", 409, "The folder is in the trash")
FILE_TRASHED = Problem("FILE_TRASHED", 409, "The file is in the trash")
NOT_HASHED = Problem("NOT_HASHED", 409, "The SHA-256 is not known until the first copy is made")
BAD_PLAYLIST = Problem("BAD_PLAYLIST", 409, "The playlist cannot be played")
SEGMENT_MISSING = Problem("SEGMENT_MISSING", 409, "The folder lacks what the playlist names")
NOT_STORED = Problem("NOT_STORED", 409, "The file has not been stored yet")
TICKET_NEEDED = Problem(
    "TICKET_NEEDED", 403, "This program would forward your token: use a download ticket"
)
TICKET_EXPIRED = Problem("TICKET_EXPIRED", 410, "The ticket was used or has expired")
UPLOAD_EXPIRED = Problem("UPLOAD_EXPIRED", 410, "The upload has expired")
FILE_TOO_LARGE = Problem("FILE_TOO_LARGE", 413, "The file is larger than allowed")
QUOTA_EXCEEDED = Problem("QUOTA_EXCEEDED", 413, "Storage quota exceeded")
NO_SERVER = Problem("NO_SERVER", 503, "No server can take the file now")
NO_HEALTHY_REPLICA = Problem("NO_HEALTHY_REPLICA", 503, "No server that holds the file answers now")

# Sharing
LINKS_OFF = Problem("LINKS_OFF", 403, "Public links are disabled")
LINK_NOT_FOUND = Problem("LINK_NOT_FOUND", 404, "Link not found")
GRANT_NOT_FOUND = Problem("GRANT_NOT_FOUND", 404, "Grant not found")
DROP_NOT_FOUND = Problem("DROP_NOT_FOUND", 404, "File request not found")
DROP_FULL = Problem("DROP_FULL", 409, "The file request accepts no more files")
LINK_USED_UP = Problem("LINK_USED_UP", 410, "The link has reached its download limit")
LINK_EXPIRED = Problem("LINK_EXPIRED", 410, "The link has expired")
DROP_EXPIRED = Problem("DROP_EXPIRED", 410, "The file request has expired")

# Servers and copies
SERVER_NOT_FOUND = Problem("SERVER_NOT_FOUND", 404, "Server not found")
DEAD_LETTER_NOT_FOUND = Problem("DEAD_LETTER_NOT_FOUND", 404, "Dead letter not found")
OBJECT_NOT_FOUND = Problem("OBJECT_NOT_FOUND", 404, "No such object is in quarantine")
SWEEP_NOT_FOUND = Problem("SWEEP_NOT_FOUND", 404, "There is no such sweep")
SERVER_EXISTS = Problem("SERVER_EXISTS", 409, "A server with this name already exists")
SOLE_COPIES = Problem("SOLE_COPIES", 409, "The server holds the only copy of some files")
LAST_SERVER = Problem("LAST_SERVER", 409, "There is no other server that could take the copies")
BUCKET_TAKEN = Problem("BUCKET_TAKEN", 409, "The bucket already belongs to somebody else")
CLAIM_BUSY = Problem("CLAIM_BUSY", 503, "Another server is being added or changed right now")
OBJECTS_MISSING = Problem(
    "OBJECTS_MISSING", 409, "Objects that should be on the server are missing"
)
DRAIN_NOT_FOUND = Problem("DRAIN_NOT_FOUND", 404, "The server was not drained")
SERVER_UNREACHABLE = Problem("SERVER_UNREACHABLE", 422, "The server failed its probe")
ENDPOINT_FORBIDDEN = Problem("ENDPOINT_FORBIDDEN", 422, "This address is not allowed")
