"""Nestling from a shell: without a command the window, with one the engine alone."""

import multiprocessing
import sys


def main() -> int:
    """Do what the command line says; the window's imports wait until a window is wanted."""
    from engine import cli, provision

    options = cli.parse(sys.argv[1:])
    if options.command is not None:
        return cli.run(options)
    provision.enter_environment()
    from app import launch

    return launch.main(options.model, options.profile)


if __name__ == "__main__":
    multiprocessing.freeze_support()
    sys.exit(main())
