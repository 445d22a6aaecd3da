"""A part of a page that a command makes, between two marks."""

from pathlib import Path

from focus_engine.given import write_named


def read(file: Path, name: str) -> str:
    """What stands between the marks. Raises ValueError where they, or the file, are missing."""
    _, made, _ = _parts(file, name)
    return made


def put(file: Path, name: str, made: str) -> None:
    """Replace what stands between the marks. Raises ValueError as `read` does."""
    before, _, after = _parts(file, name)
    write_named(file, f"{before}{made}{after}", lambda _: True)  # its marks are there


def _parts(file: Path, name: str) -> tuple[str, str, str]:
    begin, end = f"<!-- {name} -->", f"<!-- end of the {name} -->"
    if not file.is_file():
        raise ValueError(f"there is no file {file} to put the table into.")
    try:
        with file.open(encoding="utf-8", newline="") as page:
            text = page.read()
    except UnicodeDecodeError as error:
        raise ValueError(f"{file} is not UTF-8 text.") from error
    at = text.find(begin)
    start, stop = text.find("\n", at) + 1, text.find(end, at)
    if at < 0 or not start or stop < start:
        raise ValueError(f"{file} lacks the lines '{begin}' and '{end}', between which it belongs.")
    return text[:start], text[start:stop], text[stop:]
