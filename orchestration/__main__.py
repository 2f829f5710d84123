"""``python -m orchestration``, which is ``observatoire``: the commands behind make."""

from orchestration.collector import spare_the_collector

if __name__ == "__main__":
    spare_the_collector()
    from orchestration.commands.cli import main

    main()
