"""Markdown and YAML in; a toolkit site and printable documents out."""

__version__ = "0.1.0"
