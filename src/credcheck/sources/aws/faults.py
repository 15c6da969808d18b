"""What boto3's errors mean; their own texts are never copied, for they can hold anything.

This module imports botocore and is itself imported when the first secret is fetched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore import exceptions

from credcheck.model import Absent, Denied, Unreachable

if TYPE_CHECKING:
    from credcheck.sources.aws.settings import Settings

_SIGN_IN = {
    "ExpiredToken": "our AWS credentials are expired",
    "ExpiredTokenException": "our AWS credentials are expired",
    "InvalidClientTokenId": "AWS does not know our access key",
    "UnrecognizedClientException": "AWS does not know our access key",
    "InvalidSignatureException": "AWS did not accept our signature: the secret access key or the "
    "clock of this machine is wrong",
    "SignatureDoesNotMatch": "AWS did not accept our signature: the secret access key or the "
    "clock of this machine is wrong",
    "IncompleteSignature": "AWS did not accept our signature",
    "MissingAuthenticationToken": "the request was not signed",
}
_BUSY = {
    "InternalServiceError",
    "InternalFailure",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "RequestLimitExceeded",
    "ServiceUnavailable",
    "RequestTimeout",
}


def code_of(error: Exception) -> str:
    """Give the code of an answer of AWS; "" for an error of another sort."""
    response = getattr(error, "response", None)  # can be None
    code = response.get("Error", {}).get("Code") if isinstance(response, dict) else None
    return code if isinstance(code, str) else ""


def answer_for(
    code: str, text: str, place: str, settings: Settings, region: str
) -> Absent | Denied | Unreachable:
    """Say what a code of AWS means for one secret.

    Args:
        code: as AWS gives it.
        text: AWS' own words; looked at, never shown.
        place: the secret's id, for people.
        settings: for the hint.
        region: where it was asked.
    """
    lowered = text.lower()
    if code == "ResourceNotFoundException":
        if "version" in lowered or "staging label" in lowered:
            return Absent(f"{place} in {region} has no such version or stage")
        return Absent(f"there is no secret {place} in {region}")
    if code == "InvalidRequestException" and ("deletion" in lowered or "deleted" in lowered):
        return Absent(
            f"{place} in {region} is marked for deletion "
            f"(aws secretsmanager restore-secret --secret-id {place})"
        )
    if code in {"AccessDeniedException", "AccessDenied"}:
        action = "kms:Decrypt" if "kms" in lowered else "secretsmanager:GetSecretValue"
        return Denied(f"our role may not read {place} in {region}", f"allow {action} on it")
    if code in {"DecryptionFailure", "KMSAccessDeniedException"} or "kms" in lowered:
        return Denied(f"the KMS key of {place} in {region} cannot be used", "allow kms:Decrypt")
    if code in _SIGN_IN:
        return Denied(_SIGN_IN[code], _log_in(settings))
    if code in _BUSY:
        return Unreachable(f"Secrets Manager in {region} asks for fewer requests, or is down")
    return Unreachable(f"Secrets Manager in {region} did not answer as it does ({_safe(code)})")


def translate(
    error: Exception, place: str, settings: Settings, region: str
) -> Absent | Denied | Unreachable:
    """Say what an error of botocore means."""
    code = code_of(error)
    if code:
        response = getattr(error, "response", {})
        return answer_for(code, str(response["Error"].get("Message", "")), place, settings, region)
    host = settings.endpoint or f"Secrets Manager in {region}"
    if isinstance(error, exceptions.ProfileNotFound):
        return Denied("the AWS profile is not in the configuration", "aws configure list-profiles")
    if isinstance(error, _TOKEN):
        return Denied("the AWS single sign-on is over or was never made", _log_in(settings))
    if isinstance(error, _CREDENTIALS):
        return Denied("there are no usable AWS credentials", _log_in(settings))
    if isinstance(error, exceptions.ConfigParseError):
        return Denied("the AWS configuration cannot be read", "aws configure list")
    if isinstance(error, exceptions.SSLError):
        return Unreachable(f"the certificate of {host} could not be trusted", "AWS_CA_BUNDLE=…")
    if isinstance(error, exceptions.ParamValidationError):
        return Absent(f"{place} is no id that Secrets Manager has")
    if isinstance(error, exceptions.HTTPClientError | exceptions.ConnectionError):
        return Unreachable(f"{host} did not answer", "look at the region and the network")
    return Unreachable(f"{host} did not answer as AWS does ({type(error).__name__})")


_TOKEN = (
    exceptions.SSOTokenLoadError,
    exceptions.SSOError,
    exceptions.TokenRetrievalError,
)
_CREDENTIALS = (
    exceptions.NoCredentialsError,
    exceptions.PartialCredentialsError,
    exceptions.CredentialRetrievalError,
    exceptions.InvalidConfigError,
    exceptions.MetadataRetrievalError,
    exceptions.UnknownCredentialError,
)


def _log_in(settings: Settings) -> str:
    profile = settings.profile or settings.variables.get("AWS_PROFILE")
    return f"aws sso login --profile {profile}" if profile else "aws configure, or aws sso login"


def _safe(code: str) -> str:
    """Show a code of AWS: a short word, or nothing of it."""
    return code if code.isidentifier() and len(code) < 60 else "an unknown error"
