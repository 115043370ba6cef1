"""The engine: Rasa, private to this machine, with Signpost's own components.

Importing this package prepares the ground that Rasa needs and must come before `import rasa`.
"""

from engine import quiet, without_tensorflow

quiet.prepare()
without_tensorflow.install()
