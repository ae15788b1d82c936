"""What leaves this site: where it may go, how it is signed, how it is sent."""
