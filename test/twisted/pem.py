"""Certificates from files of PEM."""

from twisted.internet import ssl


def certificate_at(path):
    return ssl.Certificate.loadPEM(read(path))


def private_certificate_at(path):
    """A certificate and its key, in one file."""
    return ssl.PrivateCertificate.loadPEM(read(path))


def read(path):
    with open(path, "rb") as file:
        return file.read()
