"""The bandit tests that are shown under `bandit/<name>`, with their stories; what no rule of ours judges yet."""

from typing import Literal

from msgspec import Struct

from durability.model import Lens, Story

Strength = Literal["low", "medium", "high"]

_SECRET_WORDS = (
    r"passw|passcode|passphrase|credential|captcha|api_?key|session_?id|(?<![a-z])(otp|nonce|salt)(?![a-z])"
    r"|(?<![a-z])token(?!s|_?(count|usage|limit|ids?|index|len))"
    r"|(access|invite|reset|verif\w*|confirm\w*|auth|login|coupon|voucher|gift|referral|backup|recovery|join)_?code"
)
_PASSWORD_WORDS = r"passw|passcode|passphrase|credential|(?<![a-z])salt(?![a-z])"
_HTML = r"""["'][\w./-]+\.html(\.\w+)?["']|<html|["']text/html|HTMLResponse"""
_LOCAL_MODEL = r"local_files_only\s*=\s*True|(from_pretrained|load_dataset)\(\s*(str\(\s*)?[\w.]*(dir|path)\s*[,)]"


class Shown(Struct, frozen=True):
    """One bandit test as people see it, and the conditions that keep it precise.

    Only issues of severity `least` and above count. The patterns ignore case: `near` must and `unless` must not occur
    in the statement or in the name of the function around it, `file` must occur somewhere in the file.
    """

    test_id: str
    name: str
    summary: str
    story: Story
    lens: Lens = "blindspot"
    least: Strength = "low"
    near: str = ""
    unless: str = ""
    file: str = ""


SHOWN: tuple[Shown, ...] = (
    Shown(
        "B102", "exec-used", "Text is run as Python code",
        Story(
            demo="The code that is run is the code you expected.",
            production="Someone gets their own text into it, and the server runs that with all its rights.",
            trigger="a user or a model supplies part of the text",
        ),
    ),
    Shown(
        "B103", "set-bad-file-permissions", "A file that every account on the machine may write", least="high",
        story=Story(
            demo="You are the only account on the machine.",
            production="Any other program on the server can change the file, and yours trusts what it reads there.",
            trigger="another account or a broken-into service on the same machine",
        ),
    ),
    Shown(
        "B202", "tarfile-unsafe-members", "An archive is unpacked without checking where its files go",
        unless=r"zip|filter\s*=",
        story=Story(
            demo="The archive is one you packed.",
            production="Someone uploads an archive whose entries point outside the folder and overwrites your files.",
            trigger="an archive from outside",
        ),
    ),
    Shown(
        "B301", "pickle", "Stored objects are loaded in a form that can run code", unless=r"\Atest_",
        story=Story(
            demo="You wrote the file yourself a minute ago.",
            production="Whoever can write that file or cache entry runs code of their own inside your program.",
            trigger="the stored data comes from, or can be reached by, someone else",
        ),
    ),
    Shown(
        "B302", "marshal", "Stored objects are loaded in a form that is not safe to read from others",
        Story(
            demo="You wrote the file yourself a minute ago.",
            production="Someone hands in a crafted file that crashes the program or runs code inside it.",
            trigger="the stored data comes from, or can be reached by, someone else",
        ),
    ),
    Shown(
        "B303", "md5", "A password is protected by a hash that is quick to break", near=_PASSWORD_WORDS,
        story=Story(
            demo="The login works.",
            production="Someone copies the user table and reads most passwords from it within hours.",
            trigger="the database or a backup leaks",
        ),
    ),
    Shown(
        "B304", "ciphers", "Data is encrypted with a cipher that has been broken",
        Story(
            demo="What is encrypted can be decrypted again.",
            production="Someone who copies the data can read it without the key.",
            trigger="the stored or sent data leaks",
        ),
    ),
    Shown(
        "B305", "cipher-modes", "Data is encrypted block by block, so that patterns stay visible",
        Story(
            demo="What is encrypted can be decrypted again.",
            production="Someone who copies the data sees which records are equal, and can swap parts between them.",
            trigger="the stored or sent data leaks",
        ),
    ),
    Shown(
        "B306", "mktemp-q", "A temporary file name is chosen before the file exists",
        Story(
            demo="Nobody else creates a file of that name.",
            production="Two requests, or another account, create the file in between and one reads the other's data.",
            trigger="two runs at the same moment",
        ),
    ),
    Shown(
        "B307", "eval", "Text is evaluated as a Python expression",
        Story(
            demo="The text is the sum or the list you expected.",
            production="Someone types an expression of their own, and the server runs it with all its rights.",
            trigger="a user or a model supplies part of the text",
        ),
    ),
    Shown(
        "B311", "random", "A password, code or token comes from a generator that can be predicted", near=_SECRET_WORDS,
        story=Story(
            demo="Each code looks different.",
            production="Someone who has seen a few codes computes the next ones and uses them in another's place.",
            trigger="somebody collects codes",
        ),
    ),
    Shown(
        "B312", "telnetlib", "A connection that sends everything, passwords too, in the clear",
        Story(
            demo="The network is your own.",
            production="Anyone between the two machines reads the password and can change what is sent.",
            trigger="traffic leaves your own network",
        ),
    ),
    Shown(
        "B321", "ftplib", "Files travel over a connection that sends everything, passwords too, in the clear",
        Story(
            demo="The network is your own.",
            production="Anyone between the two machines reads the password and can change the files.",
            trigger="traffic leaves your own network",
        ),
    ),
    Shown(
        "B323", "unverified-context", "The identity of the other side is not checked",
        Story(
            demo="The right server answers.",
            production="Someone on the way answers in its place, reads what you send and returns what they like.",
            trigger="a hostile or badly set up network",
        ),
    ),
    Shown(
        "B324", "hashlib-insecure-functions", "A password is protected by a hash that is quick to break",
        near=_PASSWORD_WORDS,
        story=Story(
            demo="The login works.",
            production="Someone copies the user table and reads most passwords from it within hours.",
            trigger="the database or a backup leaks",
        ),
    ),
    Shown(
        "B502", "ssl-with-bad-version", "An encrypted connection in a version that has been broken",
        Story(
            demo="The connection comes about.",
            production="Someone on the way reads what is sent, and newer servers refuse to talk at all.",
            trigger="a hostile network, or the other side is updated",
        ),
    ),
    Shown(
        "B503", "ssl-with-bad-defaults", "A function opens connections in a broken version unless told otherwise",
        Story(
            demo="The connection comes about.",
            production="A caller who says nothing gets a connection that others can read.",
            trigger="the next caller relies on the default",
        ),
    ),
    Shown(
        "B505", "weak-cryptographic-key", "A key so short that it can be computed",
        Story(
            demo="Signing and encrypting work.",
            production="Someone computes the key and signs or reads in your name.",
            trigger="somebody finds it worth a few days of computing",
        ),
    ),
    Shown(
        "B506", "yaml-load", "A settings file is read in a way that can run code",
        near=r"(Loader\s*=|,)\s*(yaml\.)?(Unsafe)?Loader\b(?!\s*=)",
        story=Story(
            demo="The file is one you wrote.",
            production="Someone hands in a file that starts a program while it is being read.",
            trigger="a file from outside",
        ),
    ),
    Shown(
        "B507", "ssh-no-host-key-verification", "The first server that answers is trusted",
        Story(
            demo="The right server answers.",
            production="Someone on the way answers in its place and receives the login and every command.",
            trigger="a hostile network, or the address now belongs to another",
        ),
    ),
    Shown(
        "B508", "snmp-insecure-version", "Devices are managed in the clear",
        Story(
            demo="The network is your own.",
            production="Anyone on the network reads the shared word and manages your devices with it.",
            trigger="another machine on the same network",
        ),
    ),
    Shown(
        "B509", "snmp-weak-cryptography", "Devices are managed without encryption",
        Story(
            demo="The network is your own.",
            production="Anyone on the network reads what your devices report.",
            trigger="another machine on the same network",
        ),
    ),
    Shown(
        "B602", "subprocess-popen-with-shell-equals-true", "A command line is put together for the shell",
        least="medium",
        story=Story(
            demo="The values in it are plain words.",
            production="Someone sends a value with a semicolon in it, and the rest of it runs as a command of its own.",
            trigger="part of the command comes from a user, a file or a model",
        ),
    ),
    Shown(
        "B605", "start-process-with-a-shell", "A command line is put together for the shell", least="medium",
        unless=r"""system\(\s*["'](cls|clear)\b""",
        story=Story(
            demo="The values in it are plain words.",
            production="Someone sends a value with a semicolon in it, and the rest of it runs as a command of its own.",
            trigger="part of the command comes from a user, a file or a model",
        ),
    ),
    Shown(
        "B609", "linux-commands-wildcard-injection", "A shell command takes whatever files a folder holds",
        Story(
            demo="The folder holds your own files.",
            production="Someone uploads a file named like an option, and the command obeys it.",
            trigger="users choose file names",
        ),
    ),
    Shown(
        "B612", "logging-config-insecure-listen", "A port takes new logging settings from anyone",
        Story(
            demo="Nobody else reaches the port.",
            production="Any program on the server sends settings to it that run code inside yours.",
            trigger="another account or a broken-into service on the same machine",
        ),
    ),
    Shown(
        "B613", "trojansource", "Invisible characters make the code read other than it runs",
        Story(
            demo="The code looks right.",
            production="A reviewer approves one thing and the server does another.",
            trigger="the characters sit in code and not in text for people",
        ),
    ),
    Shown(
        "B614", "pytorch-load", "A model file is loaded in a form that can run code", near=r"weights_only\s*=\s*False",
        story=Story(
            demo="You trained the model yourself.",
            production="Someone replaces the model file with one that runs their code while it is being loaded.",
            trigger="the file is downloaded or uploaded",
        ),
    ),
    Shown(
        "B615", "huggingface-unsafe-download", "A model or data set is fetched in whatever version is newest",
        lens="time", unless=_LOCAL_MODEL,
        story=Story(
            demo="Today's version does what you saw.",
            production="Its owner publishes another, and after a restart your answers change or the start fails.",
            trigger="a new version is published",
        ),
    ),
    Shown(
        "B701", "jinja2-autoescape-false", "Pages are filled in without making foreign text harmless",
        unless=r"\*\*|autoescape\s*=\s*(?!False)", file=_HTML,
        story=Story(
            demo="The names are plain words.",
            production="Someone enters a script as their name, and it runs in the browser of everyone who sees it.",
            trigger="a page shows what a user or a model wrote",
        ),
    ),
    Shown(
        "B702", "use-of-mako-templates", "Pages are filled in without making foreign text harmless", file=_HTML,
        story=Story(
            demo="The names are plain words.",
            production="Someone enters a script as their name, and it runs in the browser of everyone who sees it.",
            trigger="a page shows what a user or a model wrote",
        ),
    ),
)  # fmt: skip
