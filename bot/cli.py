"""`./signpost`: the command line.

A command is imported when it is asked for: importing all of them takes seconds, and the help needs
their names alone.
"""

from __future__ import annotations

import importlib
import sys

import click

COMMANDS = {
    "audit": (
        "bot.command_line.audit",
        "What was done and seen, and whether all of it is there.",
    ),
    "backup": ("bot.command_line.backup", "Write an encrypted backup of the store and its keys."),
    "chat": ("bot.command_line.chat", "Talk with the service in this terminal."),
    "compass": (
        "bot.command_line.compass",
        "Careers records in the style of Compass+, in and out.",
    ),
    "destinations": (
        "bot.command_line.destinations",
        "Bring in where leavers went, and count it.",
    ),
    "folder": (
        "bot.command_line.folder",
        "Certificates, references and the leavers' folder.",
    ),
    "keys": ("bot.command_line.keys", "Renew the keys that seal records, or list them."),
    "knowledge": ("knowledge.cli", "Check answers and facts, or see how one reads."),
    "lmi": ("lmi.cli", "Look at the labour market tables, or renew them."),
    "mail": ("bot.command_line.mail", "Tell how many mails wait, and why."),
    "parse": ("bot.command_line.parse", "Print what is understood of each line of text."),
    "passport": (
        "bot.command_line.passport",
        "Know the schools whose passports pupils bring.",
    ),
    "restore": ("bot.command_line.backup", "Put a backup in place of an empty store."),
    "retention": (
        "bot.command_line.retention",
        "How long things are kept, and what is due to go.",
    ),
    "roster": ("bot.command_line.roster", "Bring in the pupils, and count them."),
    "run": ("bot.command_line.service", "Start everything and print the address."),
    "screen": (
        "bot.command_line.screen",
        "Print what the screen hears in each line of text.",
    ),
    "sign-in": (
        "bot.command_line.sign_in",
        "Let pupils sign in with the school's accounts.",
    ),
    "slips": ("bot.command_line.slips", "Make new sign-in codes as slips to print."),
    "staff": ("bot.command_line.staff", "Let staff in, list them, see them out."),
    "timetable": (
        "bot.command_line.timetable",
        "Bring in the lessons that are not to be missed.",
    ),
    "train": ("bot.command_line.service", "Train the model, if something changed."),
}
"""Each command's module, where it stands under its own name, and its line in the help."""


class Lazily(click.Group):
    """A group whose commands are imported when they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, None where there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(COMMANDS[cmd_name][0])
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands into the help."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])


@click.group(
    cls=Lazily,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
def cli() -> None:
    """Signpost: careers guidance chat on published labour market figures.

    Settings come from the environment: SIGNPOST_PORT, SIGNPOST_HOST, SIGNPOST_DATA_DIR and the
    others that docs/operations.md lists.
    """


if __name__ == "__main__":
    sys.exit(cli(prog_name="signpost"))
