"""Web sites as sources: sitemaps, list pages and feeds, asked politely and behind a guard."""
