"""Stop-work, cure notices and terminations: letters with receipt, and what is owed."""
