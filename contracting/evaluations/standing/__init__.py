"""Whether an offer may still be awarded: open for acceptance, its vendor fit for it."""
