"""The usage fields of the providers' own packages, captured with version and day."""
