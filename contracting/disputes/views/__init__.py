"""Pages of disputes, recounts, claims and service levels."""
