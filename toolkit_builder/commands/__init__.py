"""One module a command; each holds ``command``, a click command, and prints what it has to say."""
