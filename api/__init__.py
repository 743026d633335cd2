"""The only place that knows HTTP and the command line."""
