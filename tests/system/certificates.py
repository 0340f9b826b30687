# SPDX-License-Identifier: Apache-2.0
"""Certificates for servers and clients, made by the openssl command."""

import ssl
import subprocess


def openssl(*words, **options):
    return subprocess.run(["openssl", *words], check=True, capture_output=True, text=True, **options)


class Authority:
    """Signs certificates; all of it lies in one folder."""

    def __init__(self, folder):
        self.folder = folder

    def create(self):
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=test CA",
                "-addext", "keyUsage=critical,keyCertSign,cRLSign",
                "-keyout", self / "ca.key", "-out", self / "ca.pem")
        return self

    def __truediv__(self, name):
        return str(self.folder / name)

    def make(self, name, alternative, usage):
        """`alternative`: "" for a certificate whose only name is the CN."""
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}", "-keyout", self / f"{name}.key",
                "-out", self / f"{name}.csr")
        (self.folder / "extensions").write_text((f"subjectAltName={alternative}\n" if alternative else "") + f"extendedKeyUsage={usage}\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n")
        openssl("x509", "-req", "-in", self / f"{name}.csr", "-CA", self / "ca.pem", "-CAkey", self / "ca.key", "-CAcreateserial", "-days", "1",
                "-extfile", self / "extensions", "-out", self / f"{name}.pem")

    def context(self, client=None):
        context = ssl.create_default_context(cafile=self / "ca.pem")
        if client:
            context.load_cert_chain(self / f"{client}.pem", self / f"{client}.key")
        return context
