"""What several service processes share in Valkey (or Redis). The client is handed in; it says how long to wait."""
