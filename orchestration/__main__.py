"""``python -m orchestration``, which is ``observatoire``: the commands behind make."""

from orchestration.commands.cli import main

if __name__ == "__main__":
    main()
