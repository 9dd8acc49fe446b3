"""A real mail server for the tests: aiosmtpd with TLS and AUTH, which writes what it takes into files.

Arguments: directory (holds certificate.pem and key.pem), "implicit" or "starttls", user, password.
"""

import asyncio
import pathlib
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

directory, tls, user, password = pathlib.Path(sys.argv[1]), *sys.argv[2:5]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(directory / "certificate.pem", directory / "key.pem")
mails = directory / "mails"
mails.mkdir()


class Keeper:
    async def handle_DATA(self, server, session, envelope):
        message_id = next(
            line for line in envelope.content.split(b"\r\n") if line.startswith(b"Message-ID:")
        )
        name = message_id.split(b"<")[1].split(b"@")[0].decode()
        (mails / f"{name}.eml").write_bytes(envelope.content)
        return "250 taken"


def authenticate(server, session, envelope, mechanism, data):
    is_right = data.login == user.encode() and data.password == password.encode()
    return AuthResult(success=is_right, handled=False)


def conversation():
    is_implicit = tls == "implicit"
    return SMTP(
        Keeper(),
        authenticator=authenticate,
        auth_required=True,
        # aiosmtpd counts only STARTTLS as TLS.
        auth_require_tls=not is_implicit,
        require_starttls=not is_implicit,
        tls_context=None if is_implicit else context,
    )


async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        conversation, host="127.0.0.1", port=0, ssl=context if tls == "implicit" else None
    )
    written = directory / "port.part"
    written.write_text(str(server.sockets[0].getsockname()[1]))
    written.rename(directory / "port")
    await server.serve_forever()


asyncio.run(main())
