"""What sentences claim, and whether other sentences say so too: numbers, dates, names, negations."""
