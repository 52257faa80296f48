"""Print HTML and its assets in, PDF and diagnostics out; nothing here reads a site, a clock or the network."""
