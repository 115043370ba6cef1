"""Write routes.txt anew: every route of the console with its permission."""

from pathlib import Path

from bot.console.routes import table

if __name__ == "__main__":
    rows = sorted(f"{row.method} {row.path} {row.permission or 'anybody'}" for row in table())
    Path(__file__).with_name("routes.txt").write_text("\n".join(rows) + "\n", encoding="utf-8")
