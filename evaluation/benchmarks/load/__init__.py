"""The real service under load: how long requests take and how many it answers, by engine, size, processes and clients."""
