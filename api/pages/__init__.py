"""Pages for people: server-made HTML in which every action works without JavaScript."""
