"""The independent audit of the count: samples recounted beside the gateway."""
