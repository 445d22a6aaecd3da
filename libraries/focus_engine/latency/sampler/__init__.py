"""The process that sends, stamps and records; starts fast, so it loads no numpy."""
