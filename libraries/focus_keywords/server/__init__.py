"""The keywords of FocusServerLibrary by concern; import the library, not these."""
