"""A document's trip: from a dropped file to blocks and chunks."""
