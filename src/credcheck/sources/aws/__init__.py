"""AWS Secrets Manager, by boto3."""
