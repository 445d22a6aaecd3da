"""The keywords of PzConfigLibrary by concern; import the library, not these."""
