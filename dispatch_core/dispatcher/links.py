"""Signed links that expire, so that a download needs no account and outlives no need."""

from urllib.parse import quote

from itsdangerous import BadSignature, URLSafeTimedSerializer

SALT = "dispatch-link-v1"


class Links:
    """Signs paths of the HTTP door. key is shared by all processes; ttl is in seconds."""

    def __init__(self, base_url: str, ttl: float) -> None:
        self.base_url = base_url
        self._ttl = ttl
        self._signer: URLSafeTimedSerializer | None = None

    def use_key(self, key: bytes) -> None:
        """Sign with this key from now on."""
        self._signer = URLSafeTimedSerializer(key, salt=SALT)

    def sign(self, path: str) -> str:
        """The whole URL of a path, with its token."""
        if self._signer is None:
            return f"{self.base_url}{path}"
        return f"{self.base_url}{path}?token={quote(str(self._signer.dumps(path)))}"

    def check(self, path: str, token: str) -> bool:
        """Whether the token was made here for this path and has not expired."""
        if self._signer is None:
            return False
        try:
            return bool(self._signer.loads(token, max_age=int(self._ttl)) == path)
        except BadSignature:
            return False
