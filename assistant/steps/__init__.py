"""The steps of answering, one file each."""
