"""The bandit tests that are not run, each with the reason."""

from msgspec import Struct

_IMPORT = "an import alone; the call that matters has a test of its own"
_IMPORT_ONLY = "an import alone does not say that anything is done with it"
_XML = "names every parse, whoever wrote the document, and a current Expat bounds what entities may grow to"
_ESCAPED = "names every call that marks text as safe, escaped before or not; mature code has them and demos do not"


class Quiet(Struct, frozen=True):
    """A bandit test that is left out, and why."""

    test_id: str
    name: str
    reason: str


QUIET: tuple[Quiet, ...] = (
    Quiet("B101", "assert-used", "an assertion is no failure mode, and production code has more of them than demos"),
    Quiet("B104", "hardcoded-bind-all-interfaces", "every server in a container listens on all interfaces"),
    Quiet("B108", "hardcoded-tmp-directory", "names every text that begins with /tmp, whatever becomes of it"),
    Quiet("B308", "mark-safe", _ESCAPED),
    Quiet("B310", "urllib-urlopen", "names every call, whatever address it opens and whoever chose that"),
    Quiet("B313", "xml-bad-cElementTree", _XML),
    Quiet("B314", "xml-bad-ElementTree", _XML),
    Quiet("B315", "xml-bad-expatreader", _XML),
    Quiet("B316", "xml-bad-expatbuilder", _XML),
    Quiet("B317", "xml-bad-sax", _XML),
    Quiet("B318", "xml-bad-minidom", _XML),
    Quiet("B319", "xml-bad-pulldom", _XML),
    Quiet("B401", "import-telnetlib", _IMPORT),
    Quiet("B402", "import-ftplib", _IMPORT),
    Quiet("B403", "import-pickle", _IMPORT),
    Quiet("B404", "import-subprocess", _IMPORT),
    Quiet("B405", "import-xml-etree", _IMPORT),
    Quiet("B406", "import-xml-sax", _IMPORT),
    Quiet("B407", "import-xml-expat", _IMPORT),
    Quiet("B408", "import-xml-minidom", _IMPORT),
    Quiet("B409", "import-xml-pulldom", _IMPORT),
    Quiet("B411", "import-xmlrpclib", _IMPORT_ONLY),
    Quiet("B412", "import-httpoxy", _IMPORT_ONLY),
    Quiet("B413", "import-pycrypto", "the maintained successor, pycryptodome, is imported under the same name"),
    Quiet("B415", "import-pyghmi", _IMPORT_ONLY),
    Quiet("B504", "ssl-with-no-version", "the function is gone since Python 3.12 and negotiates where it exists"),
    Quiet("B601", "paramiko-calls", "names every remote command, constant or not"),
    Quiet("B603", "subprocess-without-shell-equals-true", "names every subprocess that is started the safe way"),
    Quiet("B604", "any-other-function-with-shell-equals-true", "guesses from the name of an argument alone"),
    Quiet("B606", "start-process-with-no-shell", "names every process that is started the safe way"),
    Quiet("B607", "start-process-with-partial-path", "a full path breaks on the next machine; PATH is the usual way"),
    Quiet("B703", "django-mark-safe", _ESCAPED),
    Quiet("B704", "markupsafe-markup-xss", _ESCAPED),
)
