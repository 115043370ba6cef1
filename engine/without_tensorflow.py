"""An import-only stand-in for TensorFlow.

Rasa 3.6.21 imports TensorFlow with every built-in component, also when the pipeline uses none of
them. Leaving it out saves about 2 GB on disk and half of the memory and of the start time. The
stand-in can be imported, subclassed and used as a decorator; whatever would compute with it raises
`TensorFlowLeftOut` with a sentence that says what to do. It is safe because this Rasa is the last
of its line and will not change (docs/decisions/0002-no-tensorflow.md).
"""

import importlib.abc
import importlib.machinery
import importlib.util
import sys
import types
from typing import Any

_PACKAGES = ("tensorflow", "keras", "tensorflow_hub", "tensorflow_text", "tensorflow_addons")


class TensorFlowLeftOut(RuntimeError):
    """A component that needs TensorFlow was used."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what} needs TensorFlow, which Signpost's engine leaves out. "
            "Take components such as DIETClassifier, ResponseSelector or TEDPolicy out of "
            "config.yml; the sentence embedding and the linear classifier do their work."
        )


class _Name(type):
    """The type of every name found in the stand-in: attributes are names again."""

    def __getattr__(cls, attribute: str) -> Any:
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        made = _name(f"{cls.__module__}.{cls.__qualname__}", attribute)
        setattr(cls, attribute, made)
        return made

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if "_stand_in" not in cls.__dict__:  # a class of Rasa's, built upon a name of ours
            raise TensorFlowLeftOut(cls.__name__)
        if len(args) == 1 and not kwargs and isinstance(args[0], types.FunctionType):
            return args[0]  # used as a bare decorator
        return _Value()


class _Value:
    """What calling a name gives: a decorator that changes nothing, or a placeholder default."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if len(args) == 1 and not kwargs and isinstance(args[0], types.FunctionType):
            return args[0]
        raise TensorFlowLeftOut("This step")

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        raise TensorFlowLeftOut("This step")


def _name(module: str, attribute: str) -> type:
    return _Name(attribute, (), {"_stand_in": True, "__module__": module})


class _Module(types.ModuleType):
    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        made = _name(self.__name__, attribute)
        setattr(self, attribute, made)
        return made


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> Any:
        if fullname.partition(".")[0] not in _PACKAGES:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        module = _Module(spec.name)
        module.__version__ = "0.0.0"
        return module

    def exec_module(self, module: types.ModuleType) -> None:
        """Nothing to run: names appear when they are asked for."""


def install() -> None:
    """Make `import tensorflow` give the stand-in, unless the real one is installed."""
    # thinc asks for TensorFlow to use it; it must first find that there is none.
    import thinc.compat  # noqa: F401

    if any(isinstance(finder, _Finder) for finder in sys.meta_path):
        return
    if importlib.util.find_spec("tensorflow") is None:
        sys.meta_path.append(_Finder())
