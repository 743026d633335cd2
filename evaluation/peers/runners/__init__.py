"""One runner per neighbour. They run inside that neighbour's own environment and import nothing of this program but `protocol`."""
