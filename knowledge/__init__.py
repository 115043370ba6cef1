"""What the service says: answers, wording and dated facts, in files that people can edit."""
