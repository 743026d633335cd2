"""From a received file to a published document: reading, review, publication."""
