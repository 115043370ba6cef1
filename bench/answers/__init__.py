"""Whether a question gets the right authored answer: measured through engine and actions."""
