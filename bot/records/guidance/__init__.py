"""The guidance record: what a pupil was told, decided, did and plans; theirs to see and change."""
