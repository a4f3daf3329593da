"""Checks that need a compiler or its output; tools/lint.sh runs them."""
