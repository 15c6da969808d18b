"""The keyring of the operating system, by the package of that name."""
