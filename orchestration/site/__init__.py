"""Pages for people, one function from rows to HTML each."""
