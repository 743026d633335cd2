"""What administrators enter by hand beside the policies: eight kinds of entries, each change a version that can be undone."""
