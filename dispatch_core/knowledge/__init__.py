"""Answers from a folder of documents."""
