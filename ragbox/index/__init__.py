"""The two indexes, both rebuilt from the record at any time."""
