"""PEM blocks: what they are. Nothing in one proves test or live."""

from __future__ import annotations

_BEGIN, _END, _DASHES = "-----BEGIN ", "-----END ", "-----"
_KNOWN = {
    "PRIVATE KEY": "a private key",
    "RSA PRIVATE KEY": "an RSA private key",
    "EC PRIVATE KEY": "an elliptic-curve private key",
    "DSA PRIVATE KEY": "a DSA private key",
    "OPENSSH PRIVATE KEY": "an OpenSSH private key",
    "ENCRYPTED PRIVATE KEY": "an encrypted private key",
    "PGP PRIVATE KEY BLOCK": "a PGP private key",
    "PUBLIC KEY": "a public key",
    "RSA PUBLIC KEY": "an RSA public key",
    "CERTIFICATE": "a certificate",
    "CERTIFICATE REQUEST": "a certificate request",
}
_LONGEST_LABEL = 40


def describe(text: str) -> str | None:
    """Say what the first PEM block of a text is, or None where there is none."""
    at = text.find(_BEGIN)
    if at < 0:
        return None
    label = text[at + len(_BEGIN) : at + len(_BEGIN) + _LONGEST_LABEL].partition(_DASHES)[0]
    return _KNOWN.get(label, "a PEM block")


def is_cut(text: str) -> bool:
    """Tell whether the last PEM block of a text has lost its end."""
    return text.rfind(_BEGIN) > text.rfind(_END)
