"""A private-document question answering appliance: the record, the indexes, the answers."""
