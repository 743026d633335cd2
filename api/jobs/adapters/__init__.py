"""Where pending work is kept."""
