"""The private names of cliff and argparse are each used in one file."""

from __future__ import annotations

import argparse
import ast
from typing import Set

import pytest
from cliff import _argparse
from cliff.app import App
from cliff.command import Command
from cliff.lister import Lister
from cliff.show import ShowOne

from .layers import imports, modules, tree_of

WHERE = {"cliff": "framework.cliff_internals", "argparse": "framework.argparse_internals"}


def private(*owners: object) -> Set[str]:
    return {
        name for owner in owners for name in dir(owner) if name.startswith("_") and name.strip("_") and not name.startswith("__")
    }


OF_ARGPARSE = private(argparse, argparse.ArgumentParser(), argparse.Action, argparse.HelpFormatter, argparse.Namespace)
OF_CLIFF = private(App, Command, Lister, ShowOne, _argparse) - OF_ARGPARSE | {"_argparse", "_formatter_plugins", "_epilog"}
PRIVATE = {"argparse": OF_ARGPARSE, "cliff": OF_CLIFF}


def own_names(module: str) -> Set[str]:
    """The functions, methods and attributes that a module defines itself."""
    nodes = list(ast.walk(tree_of(module)))
    defined = {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
    assigned = {node.attr for node in nodes if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)}
    return defined | assigned | {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


def used(module: str) -> Set[str]:
    """The names after a dot, and the texts given to getattr and the like."""
    nodes = list(ast.walk(tree_of(module)))
    texts = {str(node.value) for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return {node.attr for node in nodes if isinstance(node, ast.Attribute)} | texts


def overridden(module: str) -> Set[str]:
    """The methods of a module's classes that derive from a class of another module."""
    classes = [node for node in ast.walk(tree_of(module)) if isinstance(node, ast.ClassDef)]
    return {one.name for node in classes for one in node.body if isinstance(one, ast.FunctionDef)}


#: Where cliff's and argparse's classes are used.
USERS = [name for name in modules() if name.split(".")[0] in ("app", "commands", "framework", "output")]


@pytest.mark.parametrize("module", USERS)
def test_private_names_are_used_in_one_file_alone(module: str) -> None:
    foreign = used(module) - own_names(module)
    for library, where in WHERE.items():
        assert module == where or foreign & PRIVATE[library] == set()
    if module not in WHERE.values():
        assert [found for found in imports(module) if found.imported.startswith("cliff._")] == []
        if module.split(".")[0] in ("commands", "framework"):
            assert overridden(module) & PRIVATE["cliff"] == set()
