"""What must be so before a need is public: pure functions of what is known of it."""
