"""Nestling from a shell: without a command the window, with one the engine alone."""

import multiprocessing
import os
import sys


def main() -> int:
    """Do what the command line says; the window's imports wait until a window is wanted."""
    try:
        return _run()
    except KeyboardInterrupt:
        return 130  # as engine.cli, which may not be there yet


def _run() -> int:
    from engine import cli, provision
    from engine.errors import NestlingError
    from engine.weights import VARIABLE, weights_of_environment

    cli.open_streams()
    options = cli.parse(sys.argv[1:])
    if options.command not in ("setup", "test"):  # which make the environment
        provision.enter_environment()
    if options.command is not None:
        return cli.run(options)
    if options.weights is not None:
        os.environ[VARIABLE] = options.weights  # the worker inherits it
    try:
        weights_of_environment()  # told here: every worker would fail
    except NestlingError as error:
        print(error.message, file=sys.stderr)
        return cli.FAILED
    from app import launch

    return launch.main(options.model, options.profile)


if __name__ == "__main__":
    multiprocessing.freeze_support()
    sys.exit(main())
