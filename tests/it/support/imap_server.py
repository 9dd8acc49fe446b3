"""A real IMAP server for the tests: Twisted's, with TLS and LOGIN, over one mailbox.

Arguments: directory (holds certificate.pem, key.pem and mails/), "implicit" or "starttls", user, password.
The mails are those of mails/, in order of name, all unread; which have been read is written into the file seen.
"""

import pathlib
import sys

from twisted.cred import checkers, portal
from twisted.internet import protocol, reactor, ssl
from twisted.mail import imap4
from zope.interface import implementer

directory, tls, user, password = pathlib.Path(sys.argv[1]), *sys.argv[2:5]


@implementer(imap4.IMessage, imap4.IMessageFile)
class Mail:
    def __init__(self, uid, path):
        self.uid, self.path, self.flags = uid, path, set()

    def getUID(self):
        return self.uid

    def getFlags(self):
        return self.flags

    def getInternalDate(self):
        return "28-Nov-2022 08:30:00 +0800"

    def getSize(self):
        return self.path.stat().st_size

    def open(self):
        return self.path.open("rb")

    def getBodyFile(self):
        return self.open()

    def getHeaders(self, negate, *names):
        return {}

    def isMultipart(self):
        return False

    def getSubPart(self, part):
        raise TypeError


@implementer(imap4.IMailbox)
class Inbox:
    def __init__(self):
        paths = sorted((directory / "mails").iterdir())
        self.mails = [Mail(10 + number, path) for number, path in enumerate(paths)]

    def getFlags(self):
        return ["\\Seen"]

    def getHierarchicalDelimiter(self):
        return "/"

    def getUIDValidity(self):
        return 7

    def getUIDNext(self):
        return 10 + len(self.mails)

    def getUID(self, message):
        return self.mails[message - 1].uid

    def getMessageCount(self):
        return len(self.mails)

    def getRecentCount(self):
        return 0

    def getUnseenCount(self):
        return sum("\\Seen" not in mail.flags for mail in self.mails)

    def isWriteable(self):
        return True

    def addListener(self, listener):
        pass

    def removeListener(self, listener):
        pass

    def requestStatus(self, names):
        return imap4.statusRequestHelper(self, names)

    def chosen(self, messages, uid):
        numbered = list(enumerate(self.mails, 1))
        messages.last = max((mail.uid if uid else number) for number, mail in numbered) if numbered else 0
        return [(number, mail) for number, mail in numbered if (mail.uid if uid else number) in messages]

    def fetch(self, messages, uid):
        return self.chosen(messages, uid)

    def store(self, messages, flags, mode, uid):
        changed = {}
        for number, mail in self.chosen(messages, uid):
            mail.flags = set(flags) if mode == 0 else mail.flags | set(flags) if mode > 0 else mail.flags - set(flags)
            changed[number] = mail.flags
        seen = [mail.path.name for mail in self.mails if "\\Seen" in mail.flags]
        written = directory / "seen.part"
        written.write_text("".join(f"{name}\n" for name in seen))
        written.rename(directory / "seen")
        return changed


account = imap4.MemoryAccount(user)
account.addMailbox("INBOX", Inbox())


@implementer(portal.IRealm)
class Realm:
    def requestAvatar(self, avatar, mind, *interfaces):
        return imap4.IAccount, account, lambda: None


checker = checkers.InMemoryUsernamePasswordDatabaseDontUse()
checker.addUser(user.encode(), password.encode())
context = ssl.DefaultOpenSSLContextFactory(str(directory / "key.pem"), str(directory / "certificate.pem"))


class Factory(protocol.Factory):
    def buildProtocol(self, address):
        server = imap4.IMAP4Server(contextFactory=context if tls == "starttls" else None)
        server.portal = portal.Portal(Realm(), [checker])
        server.factory = self
        return server


if tls == "implicit":
    port = reactor.listenSSL(0, Factory(), context, interface="127.0.0.1")
else:
    port = reactor.listenTCP(0, Factory(), interface="127.0.0.1")
written = directory / "port.part"
written.write_text(str(port.getHost().port))
written.rename(directory / "port")
reactor.run()
