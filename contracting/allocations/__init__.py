"""Whose the invoices are: shares of offices, projects and capabilities."""
