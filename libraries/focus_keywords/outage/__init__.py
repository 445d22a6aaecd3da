"""The keywords of OutageLibrary by concern; import the library, not these."""
