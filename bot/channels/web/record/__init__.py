"""The pages of the pupil's own record, a room for each thing that a pupil does with it."""
